import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App as Antd, Button, Dropdown, Input, Modal, Radio, Select } from 'antd'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Line, PersonConversation } from '../../../../client/conversations'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { dateIn, formatAt, instantOf } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { Composer } from './Composer'
import { conversationOf, type Deed, handle } from './inbox'
import { Whose } from './InboxPage'
import { Side } from './Side'
import { span } from './span'
import { useWords } from './strings'

/** Talk is one conversation: what was said by whatever way, what may be done with it, and what helps to answer. */
export function Talk({ id, about, onGone }: { id: string; about: ReactNode; onGone: () => void }) {
  const talk = useQuery(conversationOf(id))
  const [draft, setDraft] = useState('')
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const act = useMutation({
    mutationFn: (deed: Deed) => handle(id, deed),
    onSuccess: (next, deed) => {
      client.setQueryData(conversationOf(id).queryKey, next)
      void client.invalidateQueries({ queryKey: ['people', 'conversations'] })
      if (deed.action === 'closed') onGone()
    },
    onError: (error) => void message.error(error.message),
  })
  const v = talk.data
  if (talk.error && !v) return <section className="panel inbox-talk"><ErrorBox error={talk.error} onRetry={() => void talk.refetch()} /></section>
  if (!v) return <section className="panel inbox-talk"><Skeleton lines={10} /></section>
  return (
    <>
      <section className="panel inbox-talk" aria-label={v.person.name}>
        <Head v={v} onDo={(deed) => act.mutate(deed)} busy={act.isPending} />
        <Lines lines={v.lines} more={v.nextCursor !== undefined} name={v.person.name} />
        <Held v={v} />
        <Composer v={v} text={draft} onText={setDraft} />
      </section>
      <Side v={v} about={about} onUse={(text) => setDraft((was) => (was ? `${was}\n${text}` : text))} />
    </>
  )
}

function Head({ v, onDo, busy }: { v: PersonConversation; onDo: (deed: Deed) => void; busy: boolean }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const [asks, setAsks] = useState<'done' | 'assign' | 'note'>()
  const [reason, setReason] = useState<string>()
  const [to, setTo] = useState<string>()
  const [note, setNote] = useState('')
  const inMinutes = (n: number) => new Date(moment.now.getTime() + n * 60_000).toISOString()
  const tomorrow = () => instantOf(dateIn(new Date(moment.now.getTime() + 86_400_000), moment.zone), '09:00', moment.zone).toISOString()
  const evening = instantOf(dateIn(moment.now, moment.zone), '18:00', moment.zone)
  const close = () => {
    setAsks(undefined)
    setReason(undefined)
    setTo(undefined)
    setNote('')
  }
  const go = () => {
    if (asks === 'done' && reason) onDo({ action: 'closed', reason, seen: v.seen })
    if (asks === 'assign' && to !== undefined) onDo({ action: 'assigned', to })
    if (asks === 'note' && note.trim()) onDo({ action: 'noted', note: note.trim() })
    close()
  }
  const open = v.state !== 'closed'
  return (
    <header className="talk-head">
      <div className="talk-title">
        <h2>
          <Link to="/people/$id" params={{ id: v.person.id }}>{v.person.name}</Link>
        </h2>
        <span className="note">
          <Whose row={v} />
          {v.window && <> · <b className={v.window.open ? undefined : 'talk-over'}>{v.window.open ? t('windowOpen', { n: v.window.left, time: span(Date.parse(v.window.until ?? '') - moment.now.getTime(), t) }) : t('windowClosed')}</b></>}
          {v.bot ? <> · {t('botOn')}</> : v.botFrom && <> · {t('botOff', { at: formatAt(new Date(v.botFrom), moment) })}</>}
        </span>
      </div>
      <div className="talk-deeds">
        {open && v.bot && <Button disabled={busy} onClick={() => onDo({ action: 'taken' })}>{t('take')}</Button>}
        {open && !v.bot && v.botFrom && <Button disabled={busy} onClick={() => onDo({ action: 'given_back' })}>{t('give')}</Button>}
        <Button disabled={busy} onClick={() => setAsks('assign')}>{t('assign')}</Button>
        {open && (
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: '30', label: t('promise30'), onClick: () => onDo({ action: 'promised', until: inMinutes(30) }) },
                { key: '120', label: t('promise2h'), onClick: () => onDo({ action: 'promised', until: inMinutes(120) }) },
                ...(evening > moment.now ? [{ key: '18', label: t('promiseToday'), onClick: () => onDo({ action: 'promised', until: evening.toISOString() }) }] : []),
              ],
            }}
          >
            <Button disabled={busy}>{t('promiseAt')}</Button>
          </Dropdown>
        )}
        {open && (
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: '1', label: t('remind1h'), onClick: () => onDo({ action: 'snoozed', until: inMinutes(60), seen: v.seen }) },
                { key: '3', label: t('remind3h'), onClick: () => onDo({ action: 'snoozed', until: inMinutes(180), seen: v.seen }) },
                { key: 't', label: t('remindTomorrow'), onClick: () => onDo({ action: 'snoozed', until: tomorrow(), seen: v.seen }) },
              ],
            }}
          >
            <Button disabled={busy}>{t('remind')}</Button>
          </Dropdown>
        )}
        <Button disabled={busy} onClick={() => setAsks('note')}>{t('note')}</Button>
        {open ? <Button disabled={busy} onClick={() => setAsks('done')}>{t('done')}…</Button> : <Button disabled={busy} onClick={() => onDo({ action: 'reopened' })}>{t('reopen')}</Button>}
      </div>
      <Modal
        open={asks !== undefined}
        title={asks && t(asks === 'done' ? 'doneTitle' : asks === 'assign' ? 'assignTitle' : 'noteTitle')}
        okText={t(asks === 'done' ? 'done' : asks === 'assign' ? 'assign' : 'save')}
        cancelText={t('cancel')}
        okButtonProps={{ disabled: asks === 'done' ? !reason : asks === 'assign' ? to === undefined : !note.trim() }}
        onOk={go}
        onCancel={close}
      >
        {asks === 'done' && (
          <Radio.Group className="talk-reasons" value={reason} onChange={(e) => setReason(e.target.value as string)} options={v.reasons.map((r) => ({ value: r.key, label: say(r.text) }))} />
        )}
        {asks === 'assign' && (
          <>
            <Select
              className="talk-to"
              aria-label={t('assignTitle')}
              showSearch
              optionFilterProp="label"
              value={to}
              onChange={setTo}
              options={[...(v.handed ? [{ value: '', label: t('toOwner') }] : []), ...v.colleagues.map((c) => ({ value: c.id, label: c.name }))]}
            />
            <p className="note">{t('assignHint')}</p>
          </>
        )}
        {asks === 'note' && (
          <>
            <Input.TextArea aria-label={t('noteTitle')} rows={3} maxLength={500} value={note} onChange={(e) => setNote(e.target.value)} />
            <p className="note">{t('noteHint')}</p>
          </>
        )}
      </Modal>
    </header>
  )
}

/** Lines are what was said, the newest at the bottom where the eye is. */
function Lines({ lines, more, name }: { lines: Line[]; more: boolean; name: string }) {
  const t = useWords()
  const end = useRef<HTMLDivElement>(null)
  const newest = lines[0]?.id
  useEffect(() => {
    const box = end.current?.parentElement
    if (box) box.scrollTop = box.scrollHeight
  }, [newest])
  return (
    <div className="talk-lines" role="log" aria-label={name} tabIndex={0}>
      {more && <p className="note talk-older">{t('older')}</p>}
      {lines.toReversed().map((line) => (line.kind === 'chat' ? <Said key={line.id} line={line} name={name} /> : <Done key={line.id} line={line} />))}
      <div ref={end} />
    </div>
  )
}

function Said({ line, name }: { line: Line; name: string }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const who = line.from === 'person' ? name : line.from === 'bot' ? t('bot') : (say(line.by) || t('staff'))
  return (
    <div className={`talk-said talk-said-${line.from ?? 'staff'}`}>
      <span className="note">
        {who} · {formatAt(new Date(line.at), moment)}
        {line.channel && line.channel.key !== 'inapp' && <> · {say(line.channel.text)}</>}
        {line.sent === 'bulk' && <> · {t('bulk')}</>}
        {line.open && <> · {t('lacking')}</>}
      </span>
      <p className="user-text">{line.text}</p>
    </div>
  )
}

function Done({ line }: { line: Line }) {
  const say = useSay()
  const moment = useMoment()
  const t = useWords()
  if (line.action === 'unanswered' || line.action === 'alarmed') return line.action === 'alarmed' ? <p className="talk-said-deed talk-alarm">{say(line.deed)}</p> : null
  const what = [line.by && say(line.by), line.deed && say(line.deed), line.action === 'assigned' && (line.to?.name ?? t('toOwner')), line.until && formatAt(new Date(line.until), moment), line.reason && say(line.reason)]
  return (
    <p className="talk-said-deed note">
      {what.filter(Boolean).join(' · ')} · {formatAt(new Date(line.at), moment)}
      {line.text && <span className="talk-said-note user-text">{line.text}</span>}
    </p>
  )
}

function Held({ v }: { v: PersonConversation }) {
  const t = useWords()
  if (v.held.length === 0) return null
  return (
    <ul className="talk-held">
      {v.held.map((h) => (
        <li key={h.id}>
          <b>{t('held')}</b> <span className="user-text">{h.text}</span>
        </li>
      ))}
    </ul>
  )
}
