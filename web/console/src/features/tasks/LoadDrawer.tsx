import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App as Antd, Button, Drawer, InputNumber } from 'antd'
import { useId, useState } from 'react'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { useWords } from './strings'
import { loadQuery, settingsQuery, useSaveSettings, type WorkLoad, type WorkSettings } from './work'

/** LoadDrawer shows managers who has too much to do today, opens what does not fit, and sets how long a day is. */
export function LoadDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const load = useQuery({ ...loadQuery, enabled: open })
  const settings = useQuery({ ...settingsQuery, enabled: open })
  return (
    <Drawer open={open} onClose={onClose} title={t('loadTitle')} size={760} destroyOnHidden>
      {load.error && <ErrorBox error={load.error} onRetry={() => void load.refetch()} />}
      {!load.data && !load.error && <Skeleton lines={6} />}
      {load.data && (
        <table className="load">
          <thead>
            <tr>
              {(['loadWho', 'loadTasks', 'loadSafety', 'loadNeeded', 'loadDone', 'loadDay', 'loadOver'] as const).map((key) => (
                <th key={key} scope="col">
                  {t(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {load.data.items.map((line) => (
              <tr key={line.id}>
                <th scope="row">
                  {line.name} <span className="note">{line.away ? t('dayAway') : say(line.roleText)}</span>
                </th>
                <td>
                  <Link to="/today" search={{ owner: line.id }} onClick={onClose}>
                    {line.tasks}
                  </Link>
                </td>
                <td>{line.safety}</td>
                <td>{t('loadMinutes', { n: line.needed })}</td>
                <td>{t('loadMinutes', { n: line.done })}</td>
                <td>{t('loadMinutes', { n: line.minutes })}</td>
                <td>
                  {line.overTasks > 0 ? (
                    <Link className="day-over" to="/today" search={{ owner: line.id, group: 'over' }} onClick={onClose} title={t('loadMove')}>
                      {line.overTasks} · {t('loadMinutes', { n: line.over })}
                    </Link>
                  ) : (
                    0
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="note">{t('loadNote')}</p>
      {settings.data && load.data?.all && <SettingsForm key={settings.data.version} held={settings.data} load={load.data} />}
    </Drawer>
  )
}

function SettingsForm({ held, load }: { held: WorkSettings; load: WorkLoad }) {
  const t = useWords()
  const id = useId()
  const { message } = Antd.useApp()
  const save = useSaveSettings()
  const [minutes, setMinutes] = useState(held.minutes)
  const [quiet, setQuiet] = useState(held.quiet)
  const [weights, setWeights] = useState(held.weights)
  const [own, setOwn] = useState<Record<string, number>>(held.set.staff ?? {})
  const field = (key: string, label: string, value: number | undefined, max: number, set: (n: number | null) => void) => (
    <p className="set-line" key={key}>
      <label htmlFor={`${id}-${key}`}>{label}</label>
      <InputNumber id={`${id}-${key}`} min={0} max={max} value={value} onChange={set} />
    </p>
  )
  return (
    <details className="set">
      <summary>{t('setTitle')}</summary>
      {field('minutes', t('setMinutes'), minutes, 1440, (n) => setMinutes(n ?? 0))}
      {load.items.map((line) =>
        field(line.id, t('setOwn', { name: line.name }), own[line.id], 1440, (n) => {
          const next = { ...own }
          if (n === null) delete next[line.id]
          else next[line.id] = n
          setOwn(next)
        }),
      )}
      {field('due', t('setDue'), weights.due, 1000, (n) => setWeights({ ...weights, due: n ?? 0 }))}
      {field('promise', t('setPromise'), weights.promise, 1000, (n) => setWeights({ ...weights, promise: n ?? 0 }))}
      {field('value', t('setValue'), weights.value, 1000, (n) => setWeights({ ...weights, value: n ?? 0 }))}
      {field('wait', t('setWait'), weights.wait, 1000, (n) => setWeights({ ...weights, wait: n ?? 0 }))}
      {field('quiet', t('setQuiet'), quiet, 60, (n) => setQuiet(n ?? 7))}
      {save.error && <ErrorBox error={save.error} onRetry={() => save.reset()} />}
      <Button
        type="primary"
        loading={save.isPending}
        onClick={() =>
          save.mutate(
            { set: { ...held.set, minutes, quiet, weights, staff: own }, version: held.version },
            { onSuccess: () => void message.success(t('setSaved')) },
          )
        }
      >
        {t('setSave')}
      </Button>
    </details>
  )
}
