import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Popconfirm } from 'antd'
import { type ReactNode, useState } from 'react'
import type { ApiKey, NewApiKey, NewWebhook, Outs, Webhook } from '../../../../client/outs'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt, formatDay } from '../../../../ui/time'
import { useSession } from '../session/session'
import { Deliveries } from './Deliveries'
import { HookDrawer } from './HookDrawer'
import { curlOf, outsQuery, revokeKey, rotateKey, streamOf, useMachineMoment } from './out'
import { OutForm } from './OutForm'
import { RotateModal } from './RotateModal'
import { SecretModal } from './SecretModal'
import { useWords } from './strings'
import './out.css'

interface Props {
  open?: string
  onOpen: (id: string | undefined) => void
}

/** Out is what goes to other systems: lists at fixed times, webhooks and keys, how they are doing, and making more. Who may take lists away
 * sees the first; the others are for whoever looks after what goes out. */
export function Out(props: Props) {
  const { can } = useSession()
  return (
    <>
      {can.includes('people.export') && <Deliveries {...props} />}
      {can.includes('out.manage') && <Systems {...props} />}
    </>
  )
}

function Systems({ open, onOpen }: Props) {
  const t = useWords()
  const outs = useQuery(outsQuery)
  const [adding, setAdding] = useState<'hook' | 'key'>()
  const [key, setKey] = useState<NewApiKey>()
  const [hook, setHook] = useState<NewWebhook>()
  const all = outs.data
  if (!all) return <section className="panel">{outs.error ? <ErrorBox error={outs.error} onRetry={() => void outs.refetch()} /> : <Skeleton lines={10} />}</section>
  const opened = all.webhooks.find(({ id }) => id === open)
  return (
    <>
      <p className="note">{t('lead')}</p>
      {all.webhooks.filter(({ state }) => state === 'off').map((one) => (
        <p key={one.id} className="out-notice" role="alert">
          <OffNotice hook={one} />
        </p>
      ))}
      <Group title={t('hooks')} action={<Button type="primary" onClick={() => setAdding('hook')}>{t('addHook')}</Button>} empty={all.webhooks.length === 0 ? [t('hooksNone'), t('hooksNoneBody')] : undefined}>
        <table className="data-table">
          <Head words={['h_name', 'h_health', 'h_what', 'h_day']} />
          <tbody>
            {all.webhooks.map((one) => (
              <HookRow key={one.id} all={all} hook={one} onOpen={() => onOpen(one.id)} />
            ))}
          </tbody>
        </table>
      </Group>
      <Group title={t('keys')} action={<Button onClick={() => setAdding('key')}>{t('addKey')}</Button>} empty={all.keys.length === 0 ? [t('keysNone'), t('keysNoneBody')] : undefined}>
        <table className="data-table">
          <Head words={['h_name', 'h_health', 'h_scopes', 'h_used']} last />
          <tbody>
            {all.keys.map((one) => (
              <KeyRow key={one.id} all={all} one={one} onKey={setKey} />
            ))}
          </tbody>
        </table>
      </Group>
      {adding && <OutForm all={all} kind={adding} onClose={() => setAdding(undefined)} onKey={setKey} onHook={setHook} />}
      {opened && <HookDrawer key={opened.id} hook={opened} all={all} onClose={() => onOpen(undefined)} onSecret={setHook} />}
      {key && (
        <SecretModal
          title={t('keyMade', { name: key.key.name })}
          lead={t('once')}
          parts={[[t('key'), key.token], ...(key.key.scopes.includes('events.read') ? ([[t('readAt'), streamOf(all.address)], [t('tryIt'), curlOf(all.address, key.token)]] satisfies [string, string][]) : [])]}
          onClose={() => setKey(undefined)}
        />
      )}
      {hook && <SecretModal title={t('secretMade', { name: hook.webhook.name })} lead={t('onceSecret')} parts={[[t('secret'), hook.secret]]} onClose={() => setHook(undefined)} />}
    </>
  )
}

function OffNotice({ hook }: { hook: Webhook }) {
  const t = useWords()
  const say = useSay()
  return <>{t('off_notice', { name: hook.name, why: hook.why ? say(hook.why) : t('off') })}</>
}

export function Group({ title, action, empty, children }: { title: string; action: ReactNode; empty?: [title: string, body: string]; children: ReactNode }) {
  return (
    <section aria-label={title} className="out-group">
      <div className="out-head">
        <h2>{title}</h2>
        {!empty && action}
      </div>
      <div className="panel data-scroll">
        {empty ? (
          <Empty title={empty[0]} action={action}>
            {empty[1]}
          </Empty>
        ) : (
          children
        )}
      </div>
    </section>
  )
}

function Head({ words, last }: { words: ('h_name' | 'h_health' | 'h_what' | 'h_day' | 'h_scopes' | 'h_used')[]; last?: boolean }) {
  const t = useWords()
  return (
    <thead>
      <tr>
        {words.map((word) => (
          <th key={word} scope="col">
            {t(word)}
          </th>
        ))}
        {last && <td />}
      </tr>
    </thead>
  )
}

/** What says which events: their names, the first few of many. */
export function What({ all, of }: { all: Outs; of: { types: string[]; programmes: string[] } }) {
  const t = useWords()
  const say = useSay()
  const name = (key: string) => say(all.types.find((one) => one.key === key)?.text) || key
  const names = of.types.slice(0, 3).map(name).join(t('and'))
  const programmes = of.programmes.map((key) => say(all.programmes.find((one) => one.key === key)?.text) || key)
  return (
    <>
      {of.types.length === 0 ? t('allTypes') : of.types.length <= 3 ? t('someTypes', { names }) : t('moreTypes', { names, n: of.types.length })}
      {programmes.length > 0 && <p className="note">{programmes.join(t('and'))}</p>}
    </>
  )
}

function Basis({ all, of }: { all: Outs; of: { receiver: { basis: string } } }) {
  const say = useSay()
  return <p className="note">{say(all.bases.find(({ key }) => key === of.receiver.basis)?.text)}</p>
}

/** Health is how a webhook is doing, in words and never in colour alone. */
export function Health({ hook }: { hook: Webhook }) {
  const t = useWords()
  const say = useSay()
  const moment = useMachineMoment()
  const when = (text: string) => formatAt(new Date(text), moment)
  return (
    <>
      <b className={hook.health === 'failing' || hook.health === 'off' ? 'out-bad' : undefined}>{t(hook.health)}</b>
      {hook.health === 'good' && hook.last && <p className="note">{t('goodAt', { at: when(hook.last) })}</p>}
      {hook.health === 'quiet' && <p className="note">{t('quietBody')}</p>}
      {hook.health === 'off' && hook.why && <p className="note">{say(hook.why)}</p>}
      {hook.health === 'failing' && hook.failing && (
        <>
          <p className="note">{t('failingSince', { at: when(hook.failing), n: hook.tries })}</p>
          {hook.next && <p className="note">{t('failingNext', { at: when(hook.next) })}</p>}
          {hook.ends && <p className="note">{t('failingEnds', { at: when(hook.ends) })}</p>}
        </>
      )}
      {hook.replaying && <p className="note">{t('replaying')}</p>}
      {hook.behind && <p className="note">{t('behind')}</p>}
    </>
  )
}

function HookRow({ all, hook, onOpen }: { all: Outs; hook: Webhook; onOpen: () => void }) {
  const t = useWords()
  const { taken, failed, refused } = hook.day
  return (
    <tr>
      <th scope="row">
        <button type="button" className="link" onClick={onOpen} aria-label={t('openHook', { name: hook.name })}>
          {hook.name}
        </button>
        <p className="note">{hook.place}</p>
      </th>
      <td>
        <Health hook={hook} />
      </td>
      <td>
        <What all={all} of={hook} />
        {hook.names && <p className="note">{t('withNames')}</p>}
        <Basis all={all} of={hook} />
      </td>
      <td className="nowrap">
        {taken + failed + refused === 0 ? <span className="unknown">{t('nothing')}</span> : <b>{t('taken', { n: taken.toLocaleString('en-US') })}</b>}
        {failed > 0 && <p className="note data-bad">{t('failedN', { n: failed.toLocaleString('en-US') })}</p>}
        {refused > 0 && <p className="note data-bad">{t('refusedN', { n: refused.toLocaleString('en-US') })}</p>}
      </td>
    </tr>
  )
}

function KeyRow({ all, one, onKey }: { all: Outs; one: ApiKey; onKey: (fresh: NewApiKey) => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMachineMoment()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [asking, setAsking] = useState<'change' | 'rotate'>()
  const revoke = useMutation({
    mutationFn: () => revokeKey(one.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['out'] })
      void message.success(t('revoked'))
    },
  })
  const state = { good: 'keyGood', expired: 'keyExpired', revoked: 'keyRevoked' } as const
  return (
    <tr>
      <th scope="row">
        {one.name}
        <Basis all={all} of={one} />
      </th>
      <td>
        <b className={one.state === 'good' ? undefined : 'data-off'}>{t(state[one.state])}</b>
        {one.state === 'good' && one.expires && <p className="note">{t('keyUntil', { at: formatDay(new Date(one.expires), moment) })}</p>}
        {one.oldUntil && <p className="note">{t('oldKey', { at: formatAt(new Date(one.oldUntil), moment) })}</p>}
      </td>
      <td>
        {one.scopes.map((scope) => say(all.scopes.find(({ key }) => key === scope)?.text)).join(t('and'))}
        <p className="note">
          <What all={all} of={one} />
        </p>
      </td>
      <td className="nowrap">{one.used ? formatAt(new Date(one.used), moment) : <span className="unknown">{t('never')}</span>}</td>
      <td>
        {one.state !== 'revoked' && (
          <div className="out-acts">
            <Button size="small" onClick={() => setAsking('change')}>
              {t('change')}
            </Button>
            <Button size="small" onClick={() => setAsking('rotate')}>
              {t('rotate')}
            </Button>
            <Popconfirm title={t('revokeAsk', { name: one.name })} description={<div className="data-ask">{t('revokeBody')}</div>} okText={t('revoke')} cancelText={t('cancel')} onConfirm={() => revoke.mutateAsync().catch(() => undefined)}>
              <Button size="small" loading={revoke.isPending}>
                {t('revoke')}
              </Button>
            </Popconfirm>
          </div>
        )}
        {revoke.error && <ErrorBox error={revoke.error} />}
        {asking === 'change' && <OutForm all={all} kind="key" apiKey={one} onClose={() => setAsking(undefined)} />}
        {asking === 'rotate' && <RotateModal name={one.name} rotate={async (hours) => onKey(await rotateKey(one.id, hours))} onClose={() => setAsking(undefined)} />}
      </td>
    </tr>
  )
}
