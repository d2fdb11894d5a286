import { useQuery } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { useState } from 'react'
import type { Delivery, DeliveryRun } from '../../../../client/outs'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { DeliveryDrawer } from './DeliveryDrawer'
import { DeliveryForm } from './DeliveryForm'
import { Group } from './Out'
import { deliveriesQuery, over, sizeOf, useMachineMoment } from './out'
import { useWords } from './deliveryStrings'

interface Props {
  open?: string
  onOpen: (id: string | undefined) => void
}

/** Deliveries are the lists that are sent as files at fixed times: what, where to, when next, and how the last went. */
export function Deliveries({ open, onOpen }: Props) {
  const t = useWords()
  const say = useSay()
  const query = useQuery(deliveriesQuery)
  const [adding, setAdding] = useState(false)
  const all = query.data
  if (!all) return <section className="panel">{query.error ? <ErrorBox error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton lines={5} />}</section>
  const opened = all.items.find(({ id }) => id === open)
  const add = (
    <Button type="primary" onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  )
  return (
    <>
      {all.items.filter(({ state }) => state === 'off').map((one) => (
        <p key={one.id} className="out-notice" role="alert">
          {t('offNotice', { name: one.name, why: one.why ? say(one.why) : t('off') })}
        </p>
      ))}
      <Group
        title={t('title')}
        action={
          <span className="out-acts">
            {all.items.length > 0 && <Download href="/api/sendings.csv" label={t('file')} />}
            {add}
          </span>
        }
        empty={all.items.length === 0 ? [t('none'), t('noneBody')] : undefined}
      >
        <table className="data-table">
          <thead>
            <tr>
              {(['h_name', 'h_what', 'h_where', 'h_next', 'h_last'] as const).map((word) => (
                <th key={word} scope="col">
                  {t(word)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.items.map((one) => (
              <Row key={one.id} one={one} onOpen={() => onOpen(one.id)} />
            ))}
          </tbody>
        </table>
      </Group>
      {adding && <DeliveryForm all={all} onClose={() => setAdding(false)} onMade={(made) => onOpen(made.id)} />}
      {opened && <DeliveryDrawer key={opened.id} one={opened} all={all} onClose={() => onOpen(undefined)} />}
    </>
  )
}

function Row({ one, onOpen }: { one: Delivery; onOpen: () => void }) {
  const t = useWords()
  const say = useSay()
  return (
    <tr>
      <th scope="row">
        <button type="button" className="link" onClick={onOpen} aria-label={t('openOne', { name: one.name })}>
          {one.name}
        </button>
        {one.maker && <p className="note">{t('maker', { name: one.maker.name })}</p>}
      </th>
      <td>
        {say(one.listText)}
        <p className="note">{[formats[one.format], one.filter && say(one.filter), one.names && t('withNames')].filter(Boolean).join(t('and'))}</p>
      </td>
      <td>
        <Place one={one} />
      </td>
      <td>
        <Next one={one} />
      </td>
      <td>{one.last ? <Outcome run={one.last} /> : <span className="unknown">{t('never')}</span>}</td>
    </tr>
  )
}

/** Formats by the names people know them by. */
export const formats = { csv: 'CSV', xlsx: 'Excel', parquet: 'Parquet' } as const

/** Place is where files go; what somebody named is theirs to word. */
export function Place({ one }: { one: Delivery }) {
  const t = useWords()
  return (
    <>
      {t(one.where.kind === 'folder' ? 'toFolder' : 'toStore')}
      <p className="note out-answer user-text">{one.place}</p>
    </>
  )
}

/** Next is when it is due next, or why it is not. */
export function Next({ one }: { one: Delivery }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  if (one.state !== 'on') return <b className={one.state === 'off' ? 'out-bad' : undefined}>{t(one.state)}</b>
  return (
    <>
      {one.next && formatAt(new Date(one.next), moment)}
      <p className="note">{say(one.when)}</p>
    </>
  )
}

/** Outcome is how a run went: its words, its rows and bytes, or why not and when again. */
export function Outcome({ run }: { run: DeliveryRun }) {
  const t = useWords()
  const say = useSay()
  const workspace = useMoment()
  const machine = useMachineMoment()
  const big = (n: number) => n.toLocaleString('en-US')
  // Tries go by the machine's clock, which a rehearsal's moved clock would misname: how long is said, not when.
  const wait = (next: string) => {
    const minutes = Math.max(1, Math.ceil((new Date(next).getTime() - machine.now.getTime()) / 60_000))
    return minutes < 90 ? t('inMinutes', { n: minutes }) : t('inHours', { n: Math.round(minutes / 60) })
  }
  return (
    <>
      <b className={run.problem || run.state === 'failed' ? 'out-bad' : undefined}>{run.stopping ? t('stopping') : say(run.text)}</b>
      {run.state === 'done' && <p className="note">{t('sent', { rows: big(run.rows), size: sizeOf(run.bytes), at: formatAt(new Date(run.due), workspace) })}</p>}
      {run.state === 'done' && run.rows === 0 && <p className="note">{t('nobody')}</p>}
      {run.state === 'running' && run.of > 0 && <Progress percent={Math.round((100 * run.rows) / run.of)} size="small" aria-label={t('progress', { n: big(run.rows), of: big(run.of) })} />}
      {run.problem && (
        <p className="note">
          {say(run.problem.text)}
          {run.problem.hint && <>{t('stop')}{say(run.problem.hint)}</>}
        </p>
      )}
      {run.next && !over(run) && <p className="note">{t('again', { at: wait(run.next), n: run.tries })}</p>}
    </>
  )
}
