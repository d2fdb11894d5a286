import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Modal, Popconfirm, Radio, Select } from 'antd'
import { useId, useState } from 'react'
import type { Household, Knows, KnowsItem } from '../../../../client/family'
import { ApiError, del, get, newKey, post } from '../../../../client/http'
import type { Person, PersonRow } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt, formatDay } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { mayWrite, useSession } from '../session/session'
import { useWords } from './strings'

/** KnowsModal says who may know what of a person, what is kept from whom and why, who looked, and who shares the household. */
export function KnowsModal({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useWords()
  const knows = useQuery({ queryKey: ['person', person.id, 'knows'] as const, queryFn: ({ signal }) => get<Knows>(`/api/people/${person.id}/knows`, { signal }) })
  return (
    <Modal open title={<span className="user-text">{t('knowsTitle', { name: person.name })}</span>} footer={null} onCancel={onClose} width={880}>
      {knows.error ? (
        <ErrorBox error={knows.error} onRetry={() => void knows.refetch()} />
      ) : !knows.data ? (
        <Skeleton lines={8} />
      ) : (
        <div className="knows">
          <Decision person={person} knows={knows.data} />
          <Table knows={knows.data} />
          <Grave knows={knows.data} />
          <Home person={person} />
          <Seen knows={knows.data} />
        </div>
      )}
    </Modal>
  )
}

/** Decision is what a doctor decided, and the way for a doctor to decide. */
function Decision({ person, knows }: { person: Person; knows: Knows }) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const moment = useMoment()
  const client = useQueryClient()
  const now = knows.disclosure
  const [mode, setMode] = useState(now.mode)
  const [reason, setReason] = useState('')
  const [open, setOpen] = useState(false)
  const sign = useMutation({
    mutationFn: () => post<Knows>(`/api/people/${person.id}/disclosure`, { mode, reason: reason.trim(), ...(now.entry && { based: now.entry }) }, { idempotencyKey: newKey() }),
    onSuccess: () => {
      setOpen(false)
      setReason('')
      return client.invalidateQueries({ queryKey: ['person', person.id] })
    },
  })
  const problem = sign.error instanceof ApiError ? sign.error.problem : undefined
  return (
    <section>
      <h3>{t('knowsDecision')}</h3>
      {now.entry ? (
        <p>
          <b>{say(now.name)}</b>{' '}
          <span className="note">
            {t('knowsBy', { name: now.by ?? '', at: now.at ? formatDay(new Date(now.at), moment) : '', review: now.reviewBy ?? '' })}
          </span>{' '}
          {now.overdue && <span className="late">{t('knowsLate')}</span>}
          {now.reason && (
            <>
              <br />
              {t('knowsReason')}
              <span className="user-text">{now.reason}</span>
            </>
          )}
        </p>
      ) : (
        <p className="unknown">{t('knowsNobody')}</p>
      )}
      {!knows.mayDecide ? (
        <p className="note">{t('knowsOnlyDoctor')}</p>
      ) : !open ? (
        <Button onClick={() => setOpen(true)}>{t('knowsDecide')}</Button>
      ) : (
        <form
          className="record"
          onSubmit={(event) => {
            event.preventDefault()
            if (mode && reason.trim().length > 1 && !sign.isPending) sign.mutate()
          }}
        >
          <div className="field">
            <b id={`${id}-mode`}>{t('knowsMode')}</b>
            <Radio.Group aria-labelledby={`${id}-mode`} value={mode} onChange={(e) => setMode(e.target.value as string)} options={now.modes.map((x) => ({ value: x.key, label: say(x.name) }))} />
          </div>
          <div className="field">
            <label htmlFor={`${id}-why`}>{t('knowsWhy')}</label>
            <Input.TextArea id={`${id}-why`} value={reason} maxLength={500} rows={2} onChange={(e) => setReason(e.target.value)} />
          </div>
          {problem && (
            <p className="field-error" role="alert">
              {say(problem.text)}
            </p>
          )}
          <div className="record-foot">
            <Button onClick={() => setOpen(false)}>{t('cancel')}</Button>
            <Button type="primary" htmlType="submit" disabled={!mode || reason.trim().length < 2} loading={sign.isPending}>
              {t('knowsSign')}
            </Button>
          </div>
        </form>
      )}
    </section>
  )
}

function Table({ knows }: { knows: Knows }) {
  const t = useWords()
  const say = useSay()
  const cell = (one: KnowsItem | undefined) => {
    if (!one?.ok) return <span className="unknown" title={say(one?.reason)}>{t('knowsNo')}</span>
    return <span title={say(one.seriousText)}>{t(one.serious ? 'knowsYes' : 'knowsLight')}</span>
  }
  return (
    <section>
      <h3>{t('knowsTable')}</h3>
      <div className="knows-scroll">
        <table className="knows-table">
          <thead>
            <tr>
              <th scope="col">{t('knowsWho')}</th>
              {knows.items.map((x) => (
                <th scope="col" key={x.key}>
                  {say(x.name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {knows.viewers.map((who) => (
              <tr key={`${who.kind} ${who.id}`}>
                <th scope="row">
                  {say(who.kindName)} <span className="user-text">{who.kind === 'self' ? '' : who.name}</span>
                </th>
                {knows.items.map((x) => (
                  <td key={x.key}>{cell(who.items.find((one) => one.item === x.key))}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Grave({ knows }: { knows: Knows }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  return (
    <section>
      <h3>{t('knowsGrave')}</h3>
      {knows.grave.length === 0 && <p className="unknown">{t('knowsGraveNone')}</p>}
      <ul className="plain">
        {knows.grave.map((one) => (
          <li key={one.entry}>
            <b className="user-text">{say(one.text)}</b> <span className="note">{formatDay(new Date(one.at), moment)} · {t(one.gravity > 2 ? 'gravity3' : 'gravity2')}</span>
            <br />
            {one.from.length === 0 ? (
              <span className="note">{t('knowsAll')}</span>
            ) : (
              one.from.map((x) => (
                <span key={`${x.id} ${say(x.kindName)}`} className="knows-from">
                  {t('knowsFrom', { who: say(x.kindName), why: say(x.reason) })}
                </span>
              ))
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Seen({ knows }: { knows: Knows }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const name = (key: string) => say(knows.items.find((x) => x.key === key)?.name)
  return (
    <section>
      <h3>{t('knowsSeen')}</h3>
      {knows.seen.length === 0 && <p className="unknown">{t('knowsSeenNone')}</p>}
      <ul className="plain">
        {knows.seen.map((one) => (
          <li key={`${one.at} ${one.id}`}>
            <span className="nowrap">{formatAt(new Date(one.at), moment)}</span> <span className="user-text">{one.name}</span> {one.items.map(name).filter(Boolean).join(t('comma'))}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Home is the household: people of their own who share a number or an address. */
function Home({ person }: { person: Person }) {
  const t = useWords()
  const id = useId()
  const session = useSession()
  const client = useQueryClient()
  const [adding, setAdding] = useState(false)
  const [q, setQ] = useState('')
  const [other, setOther] = useState<string>()
  const [proof, setProof] = useState('')
  const at = `/api/people/${person.id}/household`
  const home = useQuery({ queryKey: ['person', person.id, 'household'] as const, queryFn: ({ signal }) => get<Household>(at, { signal }) })
  const found = useQuery({
    queryKey: ['people', 'household', q] as const,
    enabled: q.trim().length > 1,
    queryFn: ({ signal }) => get<{ items: PersonRow[] }>('/api/people', { query: { q: q.trim(), limit: 10 }, signal }),
  })
  const done = () => {
    setAdding(false)
    setOther(undefined)
    return client.invalidateQueries({ queryKey: ['person', person.id] })
  }
  const join = useMutation({ mutationFn: (body: { other: string; proof?: string }) => post<Household>(at, body, { idempotencyKey: newKey() }), onSuccess: done })
  const leave = useMutation({ mutationFn: (who: string) => del<Household>(`${at}/${encodeURIComponent(who)}`, { idempotencyKey: newKey() }), onSuccess: done })
  if (home.error) return <ErrorBox error={home.error} onRetry={() => void home.refetch()} />
  if (!home.data) return <Skeleton lines={2} />
  return (
    <section>
      <h3>{t('household')}</h3>
      {home.data.members.length === 0 && home.data.others === 0 && <p className="unknown">{t('householdNone')}</p>}
      <ul className="plain">
        {home.data.members.map((one) => (
          <li key={one.id}>
            <span className="user-text">{one.name}</span>{' '}
            {one.direct && mayWrite(session) && (
              <Popconfirm title={t('householdEnd')} okText={t('familyEnd')} cancelText={t('cancel')} onConfirm={() => leave.mutate(one.id)}>
                <button type="button" className="link">
                  {t('householdEnd')}
                </button>
              </Popconfirm>
            )}
          </li>
        ))}
      </ul>
      {home.data.others > 0 && <p className="note">{t('householdOthers', { n: home.data.others })}</p>}
      {mayWrite(session) && !adding && (
        <button type="button" className="link" onClick={() => setAdding(true)}>
          {t('householdAdd')}
        </button>
      )}
      {adding && (
        <form
          className="record"
          onSubmit={(event) => {
            event.preventDefault()
            if (other && !join.isPending) join.mutate({ other, ...(proof.trim() && { proof: proof.trim() }) })
          }}
        >
          <Select
            showSearch
            aria-label={t('householdFind')}
            placeholder={t('householdFind')}
            filterOption={false}
            value={other}
            onSearch={setQ}
            onChange={setOther}
            options={(found.data?.items ?? []).filter((x) => x.id !== person.id).map((x) => ({ value: x.id, label: x.name }))}
          />
          <div className="field">
            <label htmlFor={`${id}-proof`}>{t('householdProof')}</label>
            <Input id={`${id}-proof`} value={proof} maxLength={200} onChange={(e) => setProof(e.target.value)} />
          </div>
          <div className="record-foot">
            <Button onClick={() => setAdding(false)}>{t('cancel')}</Button>
            <Button type="primary" htmlType="submit" disabled={!other} loading={join.isPending}>
              {t('save')}
            </Button>
          </div>
        </form>
      )}
    </section>
  )
}
