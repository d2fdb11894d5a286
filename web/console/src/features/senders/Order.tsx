import { Button, Select } from 'antd'
import { useState } from 'react'
import type { Outlets } from '../../../../client/outlets'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { useOrder } from './senders'
import { useWords } from './strings'

/** Order says which channels a message tries whose journey names none. */
export function Order({ all }: { all: Outlets }) {
  const t = useWords()
  const say = useSay()
  const save = useOrder(all.version)
  const [order, setOrder] = useState(all.order)
  const title = (channel: string) => {
    const kind = all.kinds.find((k) => k.channel === channel)
    return channel === 'inapp' ? t('inapp') : kind ? say(kind.name) : channel
  }
  const connected = (channel: string) => channel === 'inapp' || all.items.some((one) => one.channel === channel)
  const others = all.channels.filter((channel) => !order.includes(channel) && connected(channel))
  const changed = order.join(' ') !== all.order.join(' ')
  return (
    <section className="panel senders-card" aria-label={t('order')}>
      <h2>{t('order')}</h2>
      <p className="note">{order.length === 0 ? t('orderNone') : t('orderLine')}</p>
      <ol className="senders-order">
        {order.map((channel, i) => (
          <li key={channel}>
            <span className="badge">
              {i + 1}. {title(channel)}
              {!connected(channel) && ` · ${t('missing')}`}
            </span>
            {all.mayManage && i > 0 && (
              <Button size="small" aria-label={t('up', { name: title(channel) })} onClick={() => setOrder(order.with(i, order[i - 1]!).with(i - 1, channel))}>
                ↑
              </Button>
            )}
            {all.mayManage && (
              <Button size="small" aria-label={t('drop', { name: title(channel) })} onClick={() => setOrder(order.filter((c) => c !== channel))}>
                ×
              </Button>
            )}
          </li>
        ))}
        {all.mayManage && others.length > 0 && (
          <li>
            <Select value={null} placeholder={t('addTo')} aria-label={t('addTo')} popupMatchSelectWidth={false} onChange={(channel: string | null) => channel && setOrder([...order, channel])} options={others.map((c) => ({ value: c, label: title(c) }))} />
          </li>
        )}
        {all.mayManage && changed && (
          <li>
            <Button type="primary" loading={save.isPending} onClick={() => save.mutate(order)}>
              {t('saveOrder')}
            </Button>
          </li>
        )}
      </ol>
      {save.error && <ErrorBox error={save.error} />}
    </section>
  )
}
