import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App as Antd, Button, DatePicker, Input, Modal, Pagination, Radio, Segmented, Select } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { dateIn, formatAt, formatDay } from '../../../../ui/time'
import { workspaceQuery } from '../../layout/catalogue'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { mayWrite, useSession } from '../session/session'
import { fileOf, type OverdueList, type OverdueRow, overdueQuery, type OverdueView, pageSize, type ReturnedRow, returnedQuery, type State, tell } from './overdue'
import { useWords } from './strings'
import './overdue.css'

const states: State[] = ['due', 'later', 'closed']

/** OverduePage is who did not come when expected, what was tried, and how many came back within 15 days. */
export function OverduePage({ at, onAt }: { at: OverdueView; onAt: (next: OverdueView) => void }) {
  const t = useWords()
  const say = useSay()
  const session = useSession()
  const list = useQuery(overdueQuery(at))
  const programmes = useQuery(workspaceQuery).data?.programmes ?? []
  const [telling, setTelling] = useState<OverdueRow>()
  const change = (next: Partial<OverdueView>) => onAt({ ...at, page: undefined, ...next })
  const state = at.state ?? 'due'
  return (
    <div className="overdue">
      <div className="overdue-tools">
        <h1 className="page-title">{t('title')}</h1>
        <span className="note">{t('intro')}</span>
        {session.can.includes('people.export') && <Download href={fileOf(at)} />}
      </div>
      <div className="overdue-tools">
        <Segmented<State> aria-label={t('state')} value={state} onChange={(next) => change({ state: next === 'due' ? undefined : next })} options={states.map((value) => ({ value, label: t(value, { n: list.data?.counts[value] ?? 0 }) }))} />
        <Select aria-label={t('kind')} value={at.kind ?? ''} onChange={(kind) => change({ kind: kind || undefined })} popupMatchSelectWidth={false} options={[{ value: '', label: t('anyKind') }, ...(list.data?.kinds ?? []).map((one) => ({ value: one.key, label: say(one.text) }))]} />
        <Select aria-label={t('longer')} value={at.days ?? 0} onChange={(days) => change({ days: days || undefined })} popupMatchSelectWidth={false} options={[0, 7, 15, 30, 90].map((n) => ({ value: n, label: n === 0 ? t('anyLong') : t('weeks', { n }) }))} />
        <Select aria-label={t('owner')} value={at.owner ?? ''} onChange={(owner) => change({ owner: owner || undefined })} popupMatchSelectWidth={false} options={[{ value: '', label: t('all') }, { value: 'me', label: t('mine') }]} />
        {programmes.length > 1 && (
          <Select aria-label={t('programme')} value={at.programme ?? ''} onChange={(programme) => change({ programme: programme || undefined })} popupMatchSelectWidth={false} options={[{ value: '', label: t('anyProgramme') }, ...programmes.map((one) => ({ value: one.key, label: say(one.name) }))]} />
        )}
      </div>
      <section className="panel overdue-list" aria-label={t('title')}>
        {list.error && !list.data ? (
          <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={10} />
        ) : list.data.items.length === 0 ? (
          <Empty title={t('none')}>{t('noneBody')}</Empty>
        ) : (
          <Rows list={list.data} may={mayWrite(session)} onTell={setTelling} />
        )}
        {list.data && (list.data.total ?? 0) > pageSize && <Pagination size="small" align="end" current={at.page ?? 1} pageSize={pageSize} total={list.data.total ?? 0} showSizeChanger={false} onChange={(page) => onAt({ ...at, page })} />}
      </section>
      <Back at={at} />
      {telling && list.data && <Tell row={telling} list={list.data} onClose={() => setTelling(undefined)} />}
    </div>
  )
}

function Rows({ list, may, onTell }: { list: OverdueList; may: boolean; onTell: (row: OverdueRow) => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t('person')}</th>
          <th scope="col">{t('what')}</th>
          <th scope="col">{t('when')}</th>
          <th scope="col">{t('over')}</th>
          <th scope="col">{t('last')}</th>
          {may && (
            <th scope="col">
              <span className="visually-hidden">{t('tell')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {list.items.map((row) => (
          <tr key={`${row.person.id} ${row.kind} ${row.due}`}>
            <th scope="row">
              <Link to="/people/$id" params={{ id: row.person.id }} className="user-text">
                {row.person.name}
              </Link>
              {row.owner && <div className="note">{row.owner.name}</div>}
            </th>
            <td>
              {say(row.kindText)}
              {say(row.what) !== say(row.kindText) && <div className="note">{say(row.what)}</div>}
            </td>
            <td className="nowrap">{formatDay(new Date(row.due), moment)}</td>
            <td className="nowrap late">{t('days', { n: row.days })}</td>
            <td>
              {row.last ? (
                <>
                  {say(row.last.resultText)}
                  {row.last.reasonText && ` · ${say(row.last.reasonText)}`} <span className="note nowrap">{formatAt(new Date(row.last.at), moment)}</span>
                  <div className="note">
                    {t('tries', { n: row.tries })}
                    {row.last.next && ` · ${t('next', { at: formatDay(new Date(row.last.next), moment) })}`}
                  </div>
                </>
              ) : (
                <span className="unknown">{t('never')}</span>
              )}
            </td>
            {may && (
              <td>
                <Button size="small" aria-label={`${t('tell')} ${row.person.name}`} onClick={() => onTell(row)}>
                  {t('tell')}
                </Button>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Back is the figure of those who came back, by month as bars and by kind, owner and programme; numbers open their people. */
function Back({ at }: { at: OverdueView }) {
  const t = useWords()
  const say = useSay()
  const back = useQuery(returnedQuery(at))
  if (back.error) return <ErrorBox error={back.error} onRetry={() => void back.refetch()} />
  if (!back.data) return <Skeleton lines={6} />
  const { found } = back.data
  const group = (title: string, key: string, rows: readonly ReturnedRow[]) =>
    rows.length > 0 && (
      <>
        <h3>{title}</h3>
        <table>
          <tbody>
            {rows.map((row) => (
              <Line key={row.key} row={row} of={`${key}:${row.key}`} found={found} />
            ))}
          </tbody>
        </table>
      </>
    )
  return (
    <section className="panel box overdue-list" aria-label={t('returned')}>
      <h2>{t('returned')}</h2>
      <p className="note">{say(back.data.definition)}</p>
      {group(t('month'), 'month', back.data.months)}
      {group(t('byKind'), 'kind', back.data.kinds)}
      {group(t('byOwner'), 'owner', back.data.owners)}
      {group(t('byProgramme'), 'programme', back.data.programmes)}
    </section>
  )
}

function Line({ row, of, found }: { row: ReturnedRow; of: string; found: string }) {
  const t = useWords()
  const say = useSay()
  const share = row.share === undefined ? undefined : Math.round(100 * row.share)
  return (
    <tr>
      <th scope="row">{say(row.name)}</th>
      <td>
        <span className="overdue-bar" aria-hidden="true">
          <i style={{ width: `${share ?? 0}%` }} />
        </span>
      </td>
      <td className="nowrap">{share === undefined ? <span className="unknown">{t('nobody')}</span> : t('share', { back: row.back, became: row.became, share })}</td>
      <td className="overdue-acts">
        {row.back > 0 && (
          <Link to="/people" search={{ found, of: `${of}:back` }}>
            {t('openBack')}
          </Link>
        )}
        {row.became > 0 && (
          <Link to="/people" search={{ found, of: `${of}:became` }}>
            {t('openBecame')}
          </Link>
        )}
        {row.pending > 0 && <span>{t('pending', { n: row.pending })}</span>}
        {row.left > 0 && <span>{t('left', { n: row.left })}</span>}
      </td>
    </tr>
  )
}

function Tell({ row, list, onClose }: { row: OverdueRow; list: OverdueList; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const { now, zone } = useMoment()
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const [result, setResult] = useState<string>()
  const [reason, setReason] = useState<string>()
  const [next, setNext] = useState<string>()
  const [note, setNote] = useState('')
  const [tried, setTried] = useState(false)
  const closes = reason !== undefined && list.closing.includes(reason)
  const send = useMutation({
    mutationFn: () => tell(row, { result: result ?? '', reason, next: closes ? undefined : next, note: note.trim() || undefined }),
    onSuccess: () => {
      for (const key of ['overdue', 'person']) void client.invalidateQueries({ queryKey: [key] })
      void message.success(t('saved'))
      onClose()
    },
  })
  const wrong = result === undefined ? t('resultFirst') : !closes && !next ? t('nextFirst') : undefined
  const go = () => {
    setTried(true)
    if (!wrong) send.mutate()
  }
  return (
    <Modal open title={t('titleOf', { name: row.person.name, what: say(row.what) })} okText={t('save')} cancelText={t('cancel')} okButtonProps={{ loading: send.isPending }} onOk={go} onCancel={onClose} destroyOnHidden>
      <div className="overdue-form">
        <Radio.Group aria-label={t('result')} value={result ?? null} onChange={(event) => setResult(event.target.value as string)} options={list.results.map((one) => ({ value: one.key, label: say(one.text) }))} />
        <label>
          <span>{t('reason')}</span>
          <Select aria-label={t('reason')} value={reason ?? ''} onChange={(value) => setReason(value || undefined)} options={[{ value: '', label: t('noReason') }, ...list.reasons.map((one) => ({ value: one.key, label: say(one.text) }))]} />
        </label>
        {closes ? (
          <p className="note">{t('closes')}</p>
        ) : (
          <label>
            <span>{t('nextDay')}</span>
            <DatePicker aria-label={t('nextDay')} value={next ? dayjs(next) : null} minDate={dayjs(dateIn(now, zone)).add(1, 'day')} onChange={(date) => setNext(date?.format('YYYY-MM-DD'))} />
          </label>
        )}
        <label>
          <span>{t('note')}</span>
          <Input value={note} maxLength={400} aria-label={t('note')} onChange={(event) => setNote(event.target.value)} />
        </label>
        {tried && wrong && (
          <p className="wrong" role="alert">
            {wrong}
          </p>
        )}
        {send.error && <ErrorBox error={send.error} />}
      </div>
    </Modal>
  )
}
