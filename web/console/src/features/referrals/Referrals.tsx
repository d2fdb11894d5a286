import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Checkbox, Input, Modal, Select } from 'antd'
import { useId, useState } from 'react'
import { ApiError, address, get, newKey, post } from '../../../../client/http'
import type { ReferralBoard, ReferralFigures, ReferralList, ReferralRow } from '../../../../client/referrals'
import type { NamedKey } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt, formatDay } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { PersonName } from '../../layout/PersonName'
import { useSession } from '../session/session'
import { useWords } from './strings'
import './referrals.css'

export interface ReferralFilter {
  state?: string
  group?: string
  from?: string
  late?: boolean
  mine?: boolean
}

interface Props {
  filter: ReferralFilter
  onFilter: (filter: ReferralFilter) => void
}

/** Referrals is the board: how many stand where, who they are, and what referring comes to. Every number opens its people. */
export function Referrals({ filter, onFilter }: Props) {
  const t = useWords()
  const say = useSay()
  const { can } = useSession()
  const [cursor, setCursor] = useState<string>()
  const query = { state: filter.state, group: filter.group, from: filter.from, late: filter.late ? 'true' : undefined, mine: filter.mine ? 'true' : undefined }
  const board = useQuery({ queryKey: ['referrals', 'board'] as const, queryFn: ({ signal }) => get<ReferralBoard>('/api/referral-board', { signal }) })
  const list = useQuery({
    queryKey: ['referrals', query, cursor] as const,
    queryFn: ({ signal }) => get<ReferralList>('/api/referrals', { query: { ...query, cursor, limit: 50 }, signal }),
    placeholderData: keepPreviousData,
  })
  const go = (next: ReferralFilter) => {
    setCursor(undefined)
    onFilter(next)
  }
  if (board.error) return <ErrorBox error={board.error} onRetry={() => void board.refetch()} />
  if (list.error) return <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
  if (!board.data || !list.data) return <Skeleton lines={10} />
  const { rules, receivers: all } = board.data
  const receivers = (one: ReferralRow) => all.filter((x) => x.specialty === rules.find((rule) => rule.key === one.rule)?.to)
  const shown = board.data.states.filter((one) => one.count > 0 || ['proposed', 'consented', 'accepted', 'seen', 'feedback'].includes(one.state))
  return (
    <>
      <div className="referral-head">
        <h1 className="page-title">{t('title')}</h1>
        <Checkbox checked={filter.mine ?? false} onChange={(e) => go({ ...filter, mine: e.target.checked || undefined })}>
          {t('mine')}
        </Checkbox>
        <Checkbox checked={filter.late ?? false} onChange={(e) => go({ ...filter, late: e.target.checked || undefined })}>
          {t('lateOnly')}
        </Checkbox>
        {list.data.total > 0 && can.includes('people.export') && <Download className="referral-aside" href={address('/api/referrals.csv', query)} />}
      </div>
      <p className="note">{t('lead')}</p>
      <div className="referral-columns" role="group" aria-label={t('state')}>
        <button type="button" aria-pressed={!filter.state} onClick={() => go({ ...filter, state: undefined })}>
          <b>{board.data.states.reduce((sum, one) => sum + one.count, 0).toLocaleString('en-US')}</b>
          {t('all')}
        </button>
        {shown.map((one) => (
          <button key={one.state} type="button" aria-pressed={filter.state === one.state} onClick={() => go({ ...filter, state: one.state })}>
            <b>{one.count.toLocaleString('en-US')}</b>
            {say(one.name)} {one.late > 0 && <span className="late">{t('late')} {one.late}</span>}
          </button>
        ))}
      </div>
      {list.data.items.length === 0 ? (
        <section className="panel">
          <Empty title={t('none')}>{t('noneBody')}</Empty>
        </section>
      ) : (
        <section className="panel">
          <table className="referral-table">
            <thead>
              <tr>
                {(['person', 'what', 'to', 'state', 'due', 'act'] as const).map((key) => (
                  <th key={key} scope="col">
                    {t(key)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {list.data.items.map((one) => (
                <Row key={`${one.person.id} ${one.id}`} one={one} receivers={receivers(one)} />
              ))}
            </tbody>
          </table>
          {(cursor ?? list.data.nextCursor) && (
            <div className="referral-pages">
              <Button disabled={!cursor} onClick={() => setCursor(undefined)}>
                {t('first')}
              </Button>
              <Button disabled={!list.data.nextCursor} onClick={() => setCursor(list.data.nextCursor)}>
                {t('next')}
              </Button>
            </div>
          )}
        </section>
      )}
      <section className="panel referral-figures">
        <h2>{t('figures')}</h2>
        <Figures title="" rows={[{ key: '', name: { zh: t('all'), en: t('all') }, ...board.data.all }]} />
        <Figures title={t('by_groups')} rows={board.data.groups} onPick={(group) => go({ group })} />
        <Figures title={t('by_froms')} rows={board.data.froms} onPick={(from) => go({ from })} />
        <Figures title={t('by_doctors')} rows={board.data.doctors} />
      </section>
    </>
  )
}

function Row({ one, receivers }: { one: ReferralRow; receivers: NamedKey[] }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const [to, setTo] = useState<string>()
  return (
    <tr>
      <td>
        <Link to="/people/$id" params={{ id: one.person.id }}>
          <PersonName of={one.person} />
        </Link>
      </td>
      <td className="user-text">{say(one.name)}</td>
      <td className="user-text">
        {say(one.group?.name)} {one.doctor?.name}
      </td>
      <td>
        {say(one.stateText)} <span className="note">{formatDay(new Date(one.since), moment)}</span>
        {one.why && <span className="note user-text"> · {say(one.why)}</span>}
        <details>
          <summary>{t('history')}</summary>
          {one.steps.map((step) => (
            <p key={`${step.state} ${step.at}`}>
              <span className="nowrap">{formatAt(new Date(step.at), moment)}</span> {say(step.name)} <span className="user-text">{step.note}</span>
            </p>
          ))}
        </details>
      </td>
      <td>
        {one.due && <span className={one.late ? 'late' : 'nowrap'}>{formatAt(new Date(one.due), moment)}</span>}
        {one.escalated && <span className="note"> {t('managers')}</span>}
      </td>
      <td>
        <div className="referral-acts">
          {one.moves.map((move) => (
            <button key={move} type="button" className="link" onClick={() => setTo(move)}>
              {t(`to_${move}` as 'to_accepted')}
            </button>
          ))}
        </div>
        {to && <Move one={one} to={to} receivers={receivers} onClose={() => setTo(undefined)} />}
      </td>
    </tr>
  )
}

const reasons = { declined: ['person', 'full', 'not_fitting'], expired: ['no_answer', 'moved'], closed: ['treated', 'watch', 'moved'] } as const

/** Move takes one step, with the note or the reason it needs. */
function Move({ one, to, receivers, onClose }: { one: ReferralRow; to: string; receivers: NamedKey[]; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const client = useQueryClient()
  const [note, setNote] = useState('')
  const [doctor, setDoctor] = useState<string>()
  const choices = to === 'declined' || to === 'expired' || to === 'closed' ? reasons[to] : []
  const [reason, setReason] = useState<string>()
  const save = useMutation({
    mutationFn: () =>
      post<ReferralList>(
        `/api/people/${one.person.id}/referrals/move`,
        { referral: one.id, from: one.state, to, ...(note.trim() && { note: note.trim() }), ...(reason && { reason }), ...(to === 'proposed' && { doctor }) },
        { idempotencyKey: newKey() },
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['referrals'] })
      onClose()
    },
  })
  const problem = save.error instanceof ApiError ? [say(save.error.problem.text), say(save.error.problem.hintText)].filter(Boolean).join(' ') : save.error ? t('failed') : ''
  const ready = (choices.length === 0 || reason !== undefined) && (to !== 'consented' || note.trim() !== '') && (to !== 'proposed' || doctor !== undefined)
  return (
    <Modal open title={t(`to_${to}` as 'to_accepted')} onCancel={onClose} okText={t('save')} cancelText={t('cancel')} okButtonProps={{ disabled: !ready, loading: save.isPending }} onOk={() => save.mutate()}>
      <div className="record">
        {choices.length > 0 && (
          <div className="field">
            <label htmlFor={`${id}-reason`}>{t('reason')}</label>
            <Select id={`${id}-reason`} value={reason} onChange={setReason} options={choices.map((key) => ({ value: key as string, label: t(`reason_${key}`) }))} />
          </div>
        )}
        {to === 'proposed' && (
          <div className="field">
            <label htmlFor={`${id}-doctor`}>{t('target')}</label>
            <Select id={`${id}-doctor`} value={doctor} onChange={setDoctor} options={receivers.map((x) => ({ value: x.key, label: say(x.name) }))} />
          </div>
        )}
        <div className="field">
          <label htmlFor={`${id}-note`}>{t(to === 'consented' ? 'note_consented' : to === 'feedback' ? 'note_feedback' : 'note')}</label>
          <Input.TextArea id={`${id}-note`} value={note} rows={3} maxLength={1000} onChange={(e) => setNote(e.target.value)} />
        </div>
        {problem && (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )}
      </div>
    </Modal>
  )
}

const steps = [
  ['asked', 'consented'],
  ['taken', 'accepted'],
  ['seen', 'seen'],
  ['answered', 'feedback'],
] as const

/** Figures are one definition each: of those opened, how many ever reached a state, and the mean days from the state before. */
function Figures({ title, rows, onPick }: { title: string; rows: (ReferralFigures & NamedKey)[]; onPick?: (key: string) => void }) {
  const t = useWords()
  const say = useSay()
  if (rows.length === 0) return null
  const share = (n: number, of: number) => (of === 0 ? t('empty') : t('share', { n, p: Math.round((100 * n) / of) }))
  return (
    <>
      {title && <h3>{title}</h3>}
      <table className="referral-table">
        <thead>
          <tr>
            <th scope="col" aria-label={title || t('figures')} />
            <th scope="col">{t('opened')}</th>
            {steps.map(([key]) => (
              <th key={key} scope="col">
                {t(key)}
              </th>
            ))}
            <th scope="col">{t('inTime')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row" className="user-text">
                {onPick ? (
                  <button type="button" className="link" onClick={() => onPick(row.key)}>
                    {say(row.name)}
                  </button>
                ) : (
                  say(row.name)
                )}
              </th>
              <td>{t('people', { n: row.opened })}</td>
              {steps.map(([key, field]) => (
                <td key={key}>
                  {share(row[field], row.opened)}
                  {row.days[field] !== undefined && <span className="note"> {t('daysOf', { n: row.days[field] })}</span>}
                </td>
              ))}
              <td>{share(row.inTime, row.seen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
