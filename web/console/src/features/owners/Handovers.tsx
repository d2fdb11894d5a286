import { useMutation, useQuery } from '@tanstack/react-query'
import { App as Antd, Button, Modal, Radio, Select } from 'antd'
import { useEffect, useState } from 'react'
import { address } from '../../../../client/http'
import type { Balance, HandOrder, Handover } from '../../../../client/owners'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { HandFields } from '../../layout/HandFields'
import { useHandWords } from '../../layout/handWords'
import { useMoment } from '../../layout/now'
import { useOwnersChanged } from '../../layout/owners'
import { PersonName } from '../../layout/PersonName'
import { count, handoversQuery, linesQuery, moveHandover, previewQuery, startHandover } from './owners'
import { useWords } from './strings'

interface Props {
  board: Balance
  /** Whose people are to be handed over, chosen on the board. */
  from?: string
  number?: number
  onNumber: (number: number | undefined) => void
}

/** Handovers is every hand-over with how far it is, and the start of a new one. */
export function Handovers({ board, from, number, onNumber }: Props) {
  const t = useWords()
  const [starting, setStarting] = useState<string | undefined>(from)
  useEffect(() => setStarting(from), [from])
  const list = useQuery(handoversQuery)
  return (
    <>
      <p className="note">{t('handLead')}</p>
      <div>
        <Button type="primary" onClick={() => setStarting('?')}>
          {t('handNew')}
        </Button>
      </div>
      <section className="panel owners-scroll" aria-label={t('t_handover')}>
        {list.error && !list.data ? (
          <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={6} />
        ) : list.data.total === 0 ? (
          <Empty title={t('handNone')}>{t('handNoneBody')}</Empty>
        ) : (
          <table className="owners-table">
            <thead>
              <tr>
                {(['when', 'from', 'to', 'progress', 'state', 'do'] as const).map((key) => (
                  <th key={key} scope="col">
                    {t(`h_${key}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {list.data.items.map((one) => (
                <Row key={one.number} one={one} onLook={() => onNumber(one.number)} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      {starting !== undefined && <Start board={board} from={starting === '?' ? undefined : starting} onClose={() => setStarting(undefined)} />}
      {number !== undefined && <Lines number={number} onClose={() => onNumber(undefined)} />}
    </>
  )
}

function Row({ one, onLook }: { one: Handover; onLook: () => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const changed = useOwnersChanged()
  const act = useMutation({ mutationFn: (deed: 'stop' | 'continue' | 'retry') => moveHandover(one.number, deed), onSuccess: changed })
  useEffect(changed, [one.state, changed]) // whoever was handed over is somebody else's now
  const { tally } = one
  const all = tally.waiting + tally.done + tally.refused + tally.failed
  const rest = one.state === 'done' || one.state === 'stopped' || one.state === 'failed'
  return (
    <tr>
      <td className="nowrap">{formatAt(new Date(one.created), moment)}</td>
      <td>
        <span className="user-text">{one.from?.name}</span>
        {!one.from && t('nobody')}
        <p className="note">
          {say(one.why)}
          {one.note && <span className="user-text"> · {one.note}</span>}
        </p>
      </td>
      <td>{one.rule ? t('toRules') : <span className="user-text">{one.to.map((who) => who.name).join(' · ')}</span>}</td>
      <td>
        <span className="owners-bar" role="progressbar" aria-label={t('h_progress')} aria-valuemin={0} aria-valuemax={all} aria-valuenow={all - tally.waiting}>
          <i style={{ width: `${all === 0 ? 100 : ((all - tally.waiting) / all) * 100}%` }} />
        </span>
        <p>{t('tally', { done: count(tally.done), tasks: count(tally.tasks) })}</p>
        {tally.waiting > 0 && <p className="note">{t('left', { n: count(tally.waiting) })}</p>}
        {tally.refused > 0 && <p className="owners-late">{t('refusedN', { n: count(tally.refused) })}</p>}
        {tally.failed > 0 && <p className="owners-late">{t('failedN', { n: count(tally.failed) })}</p>}
      </td>
      <td className="nowrap">
        {t(`hs_${one.state}`)}
        {one.stopping && <p className="note">{t('stopping')}</p>}
      </td>
      <td>
        <div className="owners-tools">
          {!rest && !one.stopping && (
            <Button size="small" loading={act.isPending} onClick={() => act.mutate('stop')}>
              {t('stop')}
            </Button>
          )}
          {(one.state === 'stopped' || one.state === 'failed') && tally.waiting > 0 && (
            <Button size="small" loading={act.isPending} onClick={() => act.mutate('continue')}>
              {t('go')}
            </Button>
          )}
          {rest && tally.refused + tally.failed > 0 && (
            <Button size="small" loading={act.isPending} onClick={() => act.mutate('retry')}>
              {t('retry')}
            </Button>
          )}
          <Button size="small" onClick={onLook}>
            {t('look')}
          </Button>
        </div>
        {act.error && <ErrorBox error={act.error} />}
      </td>
    </tr>
  )
}

function Start({ board, from: chosen, onClose }: { board: Balance; from?: string; onClose: () => void }) {
  const t = useWords()
  const h = useHandWords()
  const say = useSay()
  const { message } = Antd.useApp()
  const changed = useOwnersChanged()
  const [from, setFrom] = useState<string | undefined>(chosen)
  const [order, setOrder] = useState<HandOrder>({ to: [], why: 'left' })
  const [tried, setTried] = useState(false)
  const ready = from !== undefined && (order.rule === true || (order.to?.length ?? 0) > 0)
  const preview = useQuery(previewQuery(from ?? '', order, ready))
  const v = ready ? preview.data : undefined
  const act = useMutation({
    mutationFn: () => startHandover(from ?? '', order),
    onSuccess: () => {
      changed()
      void message.success(t('started'))
      onClose()
    },
  })
  const wrong = from === undefined ? t('pickFrom') : !ready ? h('whoFirst') : order.why === 'other' && !order.note?.trim() ? h('noteFirst') : v?.people === 0 ? t('nobodyThere') : undefined
  const send = () => {
    setTried(true)
    if (!wrong) act.mutate()
  }
  return (
    <Modal open width={640} title={t('handNew')} okText={v ? t('start', { n: count(v.people) }) : h('ok')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={send} onCancel={onClose} destroyOnHidden>
      <div className="hand">
        <label className="hand-field">
          <span>{t('handFrom')}</span>
          <Select
            aria-label={t('handFrom')}
            value={from ?? null}
            onChange={(id: string | null) => {
              setFrom(id ?? undefined)
              setOrder({ ...order, to: order.to?.filter((one) => one !== id) })
            }}
            options={[{ value: '', label: t('fromNobody', { n: count(board.unassigned) }) }, ...board.items.map((one) => ({ value: one.id, label: t('fromOwner', { name: one.name, n: count(one.people) }) }))]}
          />
        </label>
        <HandFields order={order} onOrder={setOrder} owners={board.items} rules={board.rules} from={from} />
        <fieldset>
          <legend>{h('tasks')}</legend>
          <Radio.Group value={order.tasksStay ?? false} onChange={(event) => setOrder({ ...order, tasksStay: event.target.value as boolean })}>
            <Radio value={false}>{h('follow')}</Radio>
            <Radio value={true}>{h('stay')}</Radio>
          </Radio.Group>
        </fieldset>
        {preview.error && ready && <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} />}
        {v && (
          <section className="owners-preview" aria-label={t('previewTitle')}>
            <h3>{t('previewTitle')}</h3>
            <p>
              <b>{t('previewPeople', { n: count(v.people) })}</b> · {t('previewTasks', { n: count(v.tasks), safety: count(v.safety), late: count(v.late) })}
            </p>
            <p>{v.promises.length === 0 ? t('noPromises') : t('promises') + v.promises.map((one) => t('promiseDay', { day: one.day, n: count(one.count) })).join(' · ')}</p>
            <ul>
              {v.shares.map((one) => (
                <li key={one.id}>
                  {t('gets', { name: one.name, n: count(one.gets), after: count(one.after), room: count(one.room) })}
                  {one.over && <b className="owners-late"> {t('overRoom')}</b>}
                  {one.away && <span className="owners-late">{h('awayNow')}</span>}
                </li>
              ))}
              {v.none.map((one) => (
                <li key={one.key} className="owners-late">
                  {t('stays', { n: count(one.people), why: say(one.text) })}
                </li>
              ))}
            </ul>
          </section>
        )}
        {tried && wrong && (
          <p className="hand-wrong" role="alert">
            {wrong}
          </p>
        )}
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}

const states = ['', 'waiting', 'done', 'refused', 'failed'] as const

function Lines({ number, onClose }: { number: number; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const [state, setState] = useState<(typeof states)[number]>('')
  const lines = useQuery(linesQuery(number, state || undefined))
  const items = lines.data?.items ?? []
  return (
    <Modal open width={720} title={t('linesTitle', { n: count(lines.data?.total ?? 0) })} footer={null} onCancel={onClose} destroyOnHidden>
      <div className="owners-tools">
        <Select aria-label={t('h_state')} value={state} popupMatchSelectWidth={false} onChange={setState} options={states.map((key) => ({ value: key, label: t(`ls_${key}`) }))} />
        <Download href={address('/api/handoverlines.csv', { number, state })} />
      </div>
      {lines.error && !lines.data ? (
        <ErrorBox error={lines.error} onRetry={() => void lines.refetch()} />
      ) : !lines.data ? (
        <Skeleton lines={6} />
      ) : items.length === 0 ? (
        <p className="note">{t('linesNone')}</p>
      ) : (
        <ul className="owners-waiting">
          {items.map((one) => (
            <li key={one.person.id}>
              <a href={`/console/people/${one.person.id}`}>
                <PersonName of={one.person} />
              </a>{' '}
              {t(`ls_${one.state}`)} {one.to && <span className="user-text">{one.to.name}</span>}
              {one.why && <p className="note">{say(one.why)}</p>}
            </li>
          ))}
        </ul>
      )}
      {(lines.data?.total ?? 0) > items.length && <p className="note">{t('more', { n: count(items.length) }).split(/[；;]/)[0]}</p>}
    </Modal>
  )
}
