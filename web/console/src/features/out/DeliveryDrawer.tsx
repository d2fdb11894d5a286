import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Drawer, Popconfirm } from 'antd'
import { type ReactNode, useState } from 'react'
import type { Deliveries, Delivery } from '../../../../client/outs'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { formats, Next, Outcome, Place } from './Deliveries'
import { DeliveryForm } from './DeliveryForm'
import { changeDelivery, dropDelivery, over, runDelivery, runsQuery, stopDelivery, testDelivery } from './out'
import { useWords } from './deliveryStrings'

interface Props {
  one: Delivery
  all: Deliveries
  onClose: () => void
}

/** DeliveryDrawer is one delivery: what goes where, with whose rights, how each sending went, and what may be done with it. */
export function DeliveryDrawer({ one, all, onClose }: Props) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [changing, setChanging] = useState(false)
  const again = () => void client.invalidateQueries({ queryKey: ['out'] })
  const run = useMutation({ mutationFn: () => runDelivery(one.id), onSuccess: again })
  const stop = useMutation({ mutationFn: () => stopDelivery(one.id), onSuccess: again })
  const turn = useMutation({ mutationFn: () => changeDelivery(one.id, { state: one.state === 'on' ? 'paused' : 'on' }), onSuccess: again })
  const test = useMutation({
    mutationFn: () => testDelivery(one.where, one.id),
    onSuccess: ({ problem }) => {
      if (problem) void message.warning({ content: t('testBad', { why: say(problem.text) }), duration: 8 })
      else void message.success(t('testGood'))
    },
  })
  const drop = useMutation({
    mutationFn: () => dropDelivery(one.id),
    onSuccess: () => {
      again()
      void message.success(t('dropped'))
      onClose()
    },
  })
  const busy = !over(one.last)
  const facts: [string, ReactNode][] = [
    [t('h_what'), [say(one.listText), formats[one.format], one.filter && say(one.filter)].filter(Boolean).join(t('and'))],
    [t('names'), t(one.names ? 'namesYes' : 'namesNo')],
    [t('h_where'), <Place key="place" one={one} />],
    [t('h_next'), <Next key="next" one={one} />],
    [t('basis'), say(all.bases.find(({ key }) => key === one.receiver.basis)?.text)],
    ...(one.receiver.contract ? [[t('contract'), <span key="c" className="user-text">{one.receiver.contract}</span>] satisfies [string, ReactNode]] : []),
    ...(one.receiver.approval ? [[t('approval'), <span key="a" className="user-text">{one.receiver.approval}</span>] satisfies [string, ReactNode]] : []),
    ...(one.maker ? [[t('rights'), t('rightsOf', { name: one.maker.name })] satisfies [string, ReactNode]] : []),
  ]
  return (
    <Drawer open size={820} title={one.name} onClose={onClose}>
      <div className="data-drawer">
        <div className="data-acts">
          {busy ? (
            <Button loading={stop.isPending} disabled={one.last?.stopping} onClick={() => stop.mutate()}>
              {t('stopNow')}
            </Button>
          ) : (
            <Button type="primary" loading={run.isPending} disabled={one.state === 'off'} onClick={() => run.mutate()}>
              {t('now')}
            </Button>
          )}
          <Button loading={test.isPending} onClick={() => test.mutate()}>
            {t('test')}
          </Button>
          <Button onClick={() => setChanging(true)}>{t('change')}</Button>
          {one.state === 'on' ? (
            <Popconfirm title={t('pauseAsk', { name: one.name })} description={<div className="data-ask">{t('pauseBody')}</div>} okText={t('pause')} cancelText={t('cancel')} onConfirm={() => turn.mutateAsync().catch(() => undefined)}>
              <Button loading={turn.isPending}>{t('pause')}</Button>
            </Popconfirm>
          ) : (
            <Button loading={turn.isPending} onClick={() => turn.mutate()}>
              {t('goOn')}
            </Button>
          )}
          <Popconfirm title={t('dropAsk', { name: one.name })} description={<div className="data-ask">{t('dropBody')}</div>} okText={t('drop')} cancelText={t('cancel')} onConfirm={() => drop.mutateAsync().catch(() => undefined)}>
            <Button loading={drop.isPending}>{t('drop')}</Button>
          </Popconfirm>
        </div>
        {[run.error, stop.error, turn.error, test.error, drop.error].map((error, i) => error && <ErrorBox key={i} error={error} />)}
        {one.state === 'off' && one.why && (
          <p className="out-notice" role="alert">
            {say(one.why)}
          </p>
        )}
        <section aria-label={t('settings')}>
          <dl className="data-facts">
            {facts.map(([term, value]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <p className="note out-order">{t('order')}</p>
        </section>
        <Runs one={one} />
      </div>
      {changing && <DeliveryForm all={all} one={one} onClose={() => setChanging(false)} />}
    </Drawer>
  )
}

function Runs({ one }: { one: Delivery }) {
  const t = useWords()
  const moment = useMoment()
  const list = useInfiniteQuery(runsQuery(one.id))
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section aria-label={t('history')}>
      <div className="out-head">
        <h3>{t('history')}</h3>
      </div>
      {list.error && !list.data ? (
        <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <Skeleton lines={4} />
      ) : items.length === 0 ? (
        <p className="unknown">{t('never')}</p>
      ) : (
        <div className="panel data-scroll">
          <table className="data-table">
            <thead>
              <tr>
                {(['h_due', 'h_outcome', 'h_file'] as const).map((word) => (
                  <th key={word} scope="col">
                    {t(word)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((run) => (
                <tr key={run.id}>
                  <td className="nowrap">
                    {formatAt(new Date(run.due), moment)}
                    {run.asked && <p className="note">{t('askedBy', { name: run.asked })}</p>}
                  </td>
                  <td>
                    <Outcome run={run} />
                  </td>
                  <td className="out-answer user-text">{run.file}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <Button className="data-more" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </section>
  )
}
