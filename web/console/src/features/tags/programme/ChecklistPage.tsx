import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Modal, Progress } from 'antd'
import { useState } from 'react'
import type { ChecklistItem } from '../../../../../client/programmes'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { formatAt } from '../../../../../ui/time'
import { useMoment } from '../../../layout/now'
import { useSession } from '../../session/session'
import { mayEdit } from '../tags'
import type { EditPart } from './EditPage'
import { checklistQuery, stateItem } from './programmes'
import { useWords } from './words'
import './programme.css'
import '../tags.css'

/** Where an item is mended. */
const places: Record<string, EditPart> = { settings: 'numbers', targets: 'numbers', stages: 'stages', tags: 'files', journeys: 'files', forms: 'forms', texts: 'texts', tests: 'tests' }

/** ChecklistPage leads through the seven steps of a new programme: what it knows is true, and what somebody states with name and date. */
export function ChecklistPage({ programme }: { programme: string }) {
  const t = useWords()
  const say = useSay()
  const list = useQuery(checklistQuery(programme))
  if (list.error) return <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
  if (!list.data) return <Skeleton lines={14} />
  const { steps, done, total, name, of } = list.data
  return (
    <div className="edit-page">
      <header className="programme-head">
        <Link to="/programmes/$key" params={{ key: programme }}>
          {t('backToDocument')}
        </Link>
        <h1>{t('checklistTitle', { name: say(name) || programme })}</h1>
        <p className="programme-facts">
          <span>{t('checklistDone', { n: done, of: total })}</span>
          <span>{t(of === 'draft' ? 'checksDraft' : 'checksForce')}</span>
          <Link to="/draft" search={{ programme }}>
            {t('toPublish')}
          </Link>
        </p>
        <Progress percent={Math.round((100 * done) / Math.max(1, total))} showInfo={false} aria-label={t('checklistDone', { n: done, of: total })} />
      </header>
      {steps.map(({ step, name: title, items }) => (
        <section key={step} className="panel box" aria-label={say(title)}>
          <h2>
            {step} {say(title)} <span className="note">{t('checklistDone', { n: items.filter(({ state }) => state === 'done').length, of: items.length })}</span>
          </h2>
          <ul className="checklist">
            {items.map((item) => (
              <Item key={item.key} programme={programme} item={item} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function Item({ programme, item }: { programme: string; item: ChecklistItem }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const editor = mayEdit(useSession())
  const [open, setOpen] = useState(false)
  const place = item.part && places[item.part]
  return (
    <li className={`item-${item.state}`}>
      <span className="item-state">{t(`i_${item.state}`)}</span>
      <div>
        <p>
          {say(item.text)} <span className="note">{t(item.human ? 'statedBy' : 'knownByItself')}</span>
        </p>
        {item.note && <p className="note">{say(item.note)}</p>}
        {item.said && (
          <p className="note">
            {t('said', { by: item.said.by?.name ?? '', at: formatAt(new Date(item.said.at), moment) })} {item.said.note} {item.said.changed && <span className="stale">{t('changedSince')}</span>}
          </p>
        )}
      </div>
      <span className="row">
        {place && item.state !== 'done' && (
          <Link to="/programmes/$key/edit" params={{ key: programme }} search={{ part: place }}>
            {t('goThere')}
          </Link>
        )}
        {item.part === 'versions' && item.state !== 'done' && (
          <Link to="/draft" search={{ programme }}>
            {t('goThere')}
          </Link>
        )}
        {item.human && editor && (
          <Button size="small" aria-label={`${t(item.said ? 'takeBack' : 'stateIt')} ${say(item.text)}`} onClick={() => setOpen(true)}>
            {t(item.said ? 'takeBack' : 'stateIt')}
          </Button>
        )}
      </span>
      {open && <StateModal programme={programme} item={item} onClose={() => setOpen(false)} />}
    </li>
  )
}

function StateModal({ programme, item, onClose }: { programme: string; item: ChecklistItem; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const [note, setNote] = useState('')
  const done = item.said === undefined
  const send = useMutation({
    mutationFn: () => stateItem(programme, item.key, done, note.trim()),
    onSuccess: (next) => {
      client.setQueryData(checklistQuery(programme).queryKey, next)
      onClose()
    },
  })
  return (
    <Modal open title={t(done ? 'stateIt' : 'takeBack')} okText={t(done ? 'stateIt' : 'takeBack')} okButtonProps={{ loading: send.isPending }} onOk={() => send.mutate()} onCancel={onClose}>
      <p>{say(item.text)}</p>
      {done && (
        <>
          <p className="note">{t('stateHint')}</p>
          <Input.TextArea value={note} maxLength={400} autoSize={{ minRows: 2 }} aria-label={t('stateNote')} placeholder={t('stateNote')} onChange={(event) => setNote(event.target.value)} />
        </>
      )}
      {send.error && <ErrorBox error={send.error} />}
    </Modal>
  )
}
