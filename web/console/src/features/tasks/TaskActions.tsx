import { useQuery } from '@tanstack/react-query'
import { Button, Dropdown, Input, type MenuProps, Modal, Radio } from 'antd'
import { useId, useState } from 'react'
import type { Task } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { dateIn, instantOf, partsIn } from '../../../../ui/time'
import { catalogueQuery } from '../../layout/catalogue'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import type { Act } from './tasks'
import { useWords } from './strings'

interface Props {
  task: Task
  busy: boolean
  onAct: (act: Act) => void
  /** The list of results opens by key E too, so the list of tasks holds it. */
  recording?: boolean
  onRecording?: (open: boolean) => void
  /** Keys S and P open what the menu opens. */
  asked?: 'skip' | 'postpone'
  onAsked?: (what: 'skip' | 'postpone' | undefined) => void
}

/** TaskActions: a result in two clicks; behind "more" what is needed less often. A safety task cannot be postponed. */
export function TaskActions({ task, busy, onAct, recording, onRecording, asked, onAsked }: Props) {
  const t = useWords()
  const say = useSay()
  const me = useSession().staff
  const [asking, setAsking] = useState<'skip' | 'note'>()
  const later = useLater()

  const results: MenuProps['items'] = [
    ...task.results.map(({ key, text }) => ({ key, label: say(text) })),
    { type: 'divider' },
    { key: '+note', label: t('withNote') },
  ]
  const more: MenuProps['items'] = [
    ...(task.claimedBy?.id === me.id ? [] : [{ key: 'claim', label: t('claim') }]),
    ...(task.priority === 'safety'
      ? [{ key: 'safety', label: t('safetyStays'), disabled: true }]
      : [{ type: 'group' as const, label: t('until'), children: later.map(({ key, at }) => ({ key: at, label: t(key) })) }]),
    { type: 'divider' },
    { key: 'skip', label: `${t('skip')}…` },
  ]
  return (
    <>
      <Dropdown
        trigger={['click']}
        autoFocus
        open={recording}
        onOpenChange={onRecording}
        menu={{
          items: results,
          onClick: ({ key, domEvent }) => {
            domEvent.stopPropagation()
            onRecording?.(false)
            if (key === '+note') setAsking('note')
            else onAct({ verb: 'complete', outcome: key })
          },
        }}
      >
        <Button type={task.priority === 'safety' ? 'primary' : 'default'} loading={busy}>
          {t('record')}
        </Button>
      </Dropdown>
      <Dropdown
        trigger={['click']}
        autoFocus
        menu={{
          items: more,
          onClick: ({ key, domEvent }) => {
            domEvent.stopPropagation()
            if (key === 'skip') setAsking('skip')
            else if (key === 'claim') onAct({ verb: 'claim' })
            else if (key !== 'safety') onAct({ verb: 'postpone', until: key })
          },
        }}
      >
        <Button type="text">{t('more')}</Button>
      </Dropdown>
      {asked === 'skip' && <Ask task={task} kind="skip" onClose={() => onAsked?.(undefined)} onAct={onAct} />}
      {asked === 'postpone' && (
        <Modal open title={t('postponeTitle', { name: task.person.name })} footer={null} onCancel={() => onAsked?.(undefined)} width={360}>
          {task.priority === 'safety' ? (
            <p>{t('safetyStays')}</p>
          ) : (
            <div className="later">
              {later.map(({ key, at }, i) => (
                <Button
                  key={key}
                  block
                  autoFocus={i === 0}
                  onClick={() => {
                    onAsked?.(undefined)
                    onAct({ verb: 'postpone', until: at })
                  }}
                >
                  {t(key)}
                </Button>
              ))}
            </div>
          )}
        </Modal>
      )}
      {asking && <Ask task={task} kind={asking} onClose={() => setAsking(undefined)} onAct={onAct} />}
    </>
  )
}

/** useLater offers moments that lie ahead in the workspace's own time. */
export function useLater(): { key: 'hour2' | 'tonight' | 'tomorrow' | 'monday'; at: string }[] {
  const { now, zone } = useMoment()
  const p = partsIn(now, zone)
  const on = (days: number, clock: string) => instantOf(dateIn(new Date(now.getTime() + days * 86_400_000), zone), clock, zone).toISOString()
  const toMonday = ((8 - p.weekday) % 7) || 7
  return [
    { key: 'hour2', at: new Date(now.getTime() + 2 * 3_600_000).toISOString() },
    ...(p.hour < 17 ? [{ key: 'tonight' as const, at: on(0, '18:00') }] : []),
    { key: 'tomorrow', at: on(1, '09:00') },
    ...(toMonday > 1 ? [{ key: 'monday' as const, at: on(toMonday, '09:00') }] : []),
  ]
}

function Ask({ task, kind, onClose, onAct }: { task: Task; kind: 'skip' | 'note'; onClose: () => void; onAct: Props['onAct'] }) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const [picked, setPicked] = useState<string>()
  const [note, setNote] = useState('')
  const [missing, setMissing] = useState(false)
  const reasons = useQuery(catalogueQuery).data?.reasons ?? {}
  const choices =
    kind === 'skip'
      ? Object.entries(reasons).map(([key, text]) => ({ value: key, label: say(text) }))
      : task.results.map(({ key, text }) => ({ value: key, label: say(text) }))
  const done = () => {
    if (!picked) {
      setMissing(true)
      return
    }
    const words = note.trim() || undefined
    onAct(kind === 'skip' ? { verb: 'skip', reason: picked, note: words } : { verb: 'complete', outcome: picked, note: words })
    onClose()
  }
  return (
    <Modal
      open
      title={t(kind === 'skip' ? 'skipTitle' : 'noteTitle', { name: task.person.name })}
      okText={t(kind === 'skip' ? 'skip' : 'save')}
      cancelText={t('cancel')}
      onOk={done}
      onCancel={onClose}
      width={440}
    >
      <div className="ask">
        <p id={`${id}-what`}>
          <b>{t(kind === 'skip' ? 'skipReason' : 'whichOutcome')}</b>
        </p>
        <Radio.Group
          aria-labelledby={`${id}-what`}
          vertical
          value={picked}
          options={choices}
          onChange={(e) => {
            setPicked(e.target.value as string)
            setMissing(false)
          }}
        />
        {missing && (
          <p className="field-error" role="alert">
            {t(kind === 'skip' ? 'needReason' : 'noOutcome')}
          </p>
        )}
        <label htmlFor={`${id}-note`}>
          <b>{t('note')}</b>
        </label>
        <Input.TextArea id={`${id}-note`} rows={3} maxLength={500} value={note} onChange={(e) => setNote(e.target.value)} />
      </div>
    </Modal>
  )
}
