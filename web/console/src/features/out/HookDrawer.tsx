import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Drawer, Input, Modal, Popconfirm, Switch } from 'antd'
import { type ReactNode, useState } from 'react'
import type { NewWebhook, Outs, Webhook } from '../../../../client/outs'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Health, What } from './Out'
import { attemptsQuery, changeWebhook, dropWebhook, failed, replayWebhook, rotateWebhook, testWebhook, useMachineMoment } from './out'
import { OutForm } from './OutForm'
import { RotateModal } from './RotateModal'
import { useWords } from './strings'

interface Props {
  hook: Webhook
  all: Outs
  onClose: () => void
  onSecret: (fresh: NewWebhook) => void
}

/** HookDrawer is one webhook: how it is doing, what became of each request, and what may be done with it. */
export function HookDrawer({ hook, all, onClose, onSecret }: Props) {
  const t = useWords()
  const say = useSay()
  const moment = useMachineMoment()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [asking, setAsking] = useState<'change' | 'rotate' | 'replay'>()
  const again = () => void client.invalidateQueries({ queryKey: ['out'] })
  const test = useMutation({
    mutationFn: () => testWebhook(hook.id),
    onSuccess: (one) => {
      again()
      if (failed(one.outcome)) void message.warning({ content: t('testBad', { text: say(one.text) }), duration: 8 })
      else void message.success(t('testGood'))
    },
  })
  const turn = useMutation({ mutationFn: () => changeWebhook(hook.id, { state: hook.state === 'on' ? 'paused' : 'on' }), onSuccess: again })
  const drop = useMutation({
    mutationFn: () => dropWebhook(hook.id),
    onSuccess: () => {
      again()
      void message.success(t('dropped'))
      onClose()
    },
  })
  const facts: [string, ReactNode][] = [
    [t('to'), hook.place],
    [t('h_health'), <Health key="health" hook={hook} />],
    [t('h_what'), <What key="what" all={all} of={hook} />],
    [t('basis'), say(all.bases.find(({ key }) => key === hook.receiver.basis)?.text)],
    ...(hook.receiver.contract ? [[t('contract'), hook.receiver.contract] satisfies [string, ReactNode]] : []),
    ...(hook.receiver.approval ? [[t('approval'), hook.receiver.approval] satisfies [string, ReactNode]] : []),
    [t('history'), t(hook.history ? 'historyYes' : 'historyNo')],
    [t('created'), formatAt(new Date(hook.created), moment)],
    ...(hook.oldUntil ? [[t('secret'), t('oldSecret', { at: formatAt(new Date(hook.oldUntil), moment) })] satisfies [string, ReactNode]] : []),
  ]
  return (
    <Drawer open size={820} title={hook.name} onClose={onClose}>
      <div className="data-drawer">
        <div className="data-acts">
          <Button type="primary" loading={test.isPending} onClick={() => test.mutate()}>
            {t('test')}
          </Button>
          {hook.state === 'on' ? (
            <Popconfirm title={t('pauseAsk', { name: hook.name })} description={<div className="data-ask">{t('pauseBody')}</div>} okText={t('pause')} cancelText={t('cancel')} onConfirm={() => turn.mutateAsync().catch(() => undefined)}>
              <Button loading={turn.isPending}>{t('pause')}</Button>
            </Popconfirm>
          ) : (
            <Button loading={turn.isPending} onClick={() => turn.mutate()}>
              {t('goOn')}
            </Button>
          )}
          <Button onClick={() => setAsking('replay')}>{t('replay')}</Button>
          <Button onClick={() => setAsking('change')}>{t('change')}</Button>
          <Button onClick={() => setAsking('rotate')}>{t('rotateSecret')}</Button>
          <Popconfirm title={t('dropAsk', { name: hook.name })} description={<div className="data-ask">{t('dropBody')}</div>} okText={t('drop')} cancelText={t('cancel')} onConfirm={() => drop.mutateAsync().catch(() => undefined)}>
            <Button loading={drop.isPending}>{t('drop')}</Button>
          </Popconfirm>
        </div>
        {[test.error, turn.error, drop.error].map((error, i) => error && <ErrorBox key={i} error={error} />)}
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
        <Attempts hook={hook} />
      </div>
      {asking === 'change' && <OutForm all={all} kind="hook" hook={hook} onClose={() => setAsking(undefined)} />}
      {asking === 'rotate' && <RotateModal name={hook.name} rotate={async (hours) => onSecret(await rotateWebhook(hook.id, hours))} onClose={() => setAsking(undefined)} />}
      {asking === 'replay' && <ReplayModal hook={hook} onClose={() => setAsking(undefined)} />}
    </Drawer>
  )
}

function Attempts({ hook }: { hook: Webhook }) {
  const t = useWords()
  const say = useSay()
  const moment = useMachineMoment()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [bad, setBad] = useState(false)
  const list = useInfiniteQuery(attemptsQuery(hook.id, bad ? 'bad' : undefined))
  const resend = useMutation({
    mutationFn: (n: number) => replayWebhook(hook.id, { attempt: n }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['out'] })
      void message.success(t('replayStarted'))
    },
  })
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section aria-label={t('attempts')}>
      <div className="out-head">
        <h3>{t('attempts')}</h3>
        <label className="out-switch">
          <Switch size="small" checked={bad} onChange={setBad} aria-label={t('onlyBad')} /> {t('onlyBad')}
        </label>
      </div>
      {resend.error && <ErrorBox error={resend.error} />}
      {list.error && !list.data ? (
        <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <Skeleton lines={5} />
      ) : items.length === 0 ? (
        <p className="unknown">{t(bad ? 'attemptsNoneBad' : 'attemptsNone')}</p>
      ) : (
        <div className="panel data-scroll">
          <table className="data-table">
            <thead>
              <tr>
                {(['h_at', 'h_type', 'h_outcome', 'h_took'] as const).map((word) => (
                  <th key={word} scope="col">
                    {t(word)}
                  </th>
                ))}
                <td />
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.n}>
                  <td className="nowrap">{formatAt(new Date(one.at), moment)}</td>
                  <td>
                    {say(one.name)}
                    {(one.try > 1 || one.replay) && <p className="note">{[one.try > 1 && t('tryN', { n: one.try }), one.replay && t('again')].filter(Boolean).join(' ')}</p>}
                  </td>
                  <td>
                    <span className={failed(one.outcome) ? 'out-bad' : undefined}>{say(one.text)}</span>
                    {one.answer && failed(one.outcome) && <p className="note out-answer">{t('answer', { text: one.answer })}</p>}
                  </td>
                  <td className="nowrap">{t('took', { n: Math.max(1, one.took) })}</td>
                  <td>
                    {one.item && (
                      <Button size="small" disabled={hook.replaying} loading={resend.isPending && resend.variables === one.n} aria-label={t('resendOf', { at: formatAt(new Date(one.at), moment) })} onClick={() => resend.mutate(one.n)}>
                        {t('resend')}
                      </Button>
                    )}
                  </td>
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

const day = /^\d{4}-\d{2}-\d{2}$/

function ReplayModal({ hook, onClose }: { hook: Webhook; onClose: () => void }) {
  const t = useWords()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [tried, setTried] = useState(false)
  const wrong = !day.test(from.trim()) || (to.trim() !== '' && !day.test(to.trim()))
  const act = useMutation({
    mutationFn: () => replayWebhook(hook.id, { from: from.trim(), to: to.trim() || undefined }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['out'] })
      void message.success(t('replayStarted'))
      onClose()
    },
  })
  const send = () => {
    setTried(true)
    if (!wrong) act.mutate()
  }
  return (
    <Modal open title={t('replayTitle', { name: hook.name })} okText={t('replayDo')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={send} onCancel={onClose} destroyOnHidden>
      <div className="data-form">
        <p>{t('replayBody')}</p>
        <div className="data-pair">
          <label className="data-field">
            <span>{t('replayFrom')}</span>
            <Input value={from} maxLength={10} aria-label={t('replayFrom')} placeholder="2026-03-01" autoFocus onChange={(e) => setFrom(e.target.value)} />
          </label>
          <label className="data-field">
            <span>{t('replayTo')}</span>
            <Input value={to} maxLength={10} aria-label={t('replayTo')} onChange={(e) => setTo(e.target.value)} />
          </label>
        </div>
        {tried && wrong && (
          <p className="data-wrong" role="alert">
            {t('replayMust')}
          </p>
        )}
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}
