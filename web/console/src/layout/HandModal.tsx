import { useMutation, useQuery } from '@tanstack/react-query'
import { App as Antd, Modal, Radio } from 'antd'
import { useState } from 'react'
import type { HandOrder } from '../../../client/owners'
import { useSay } from '../../../ui/i18n'
import { ErrorBox } from '../../../ui/states'
import { HandFields } from './HandFields'
import { useHandWords } from './handWords'
import { assign, balanceQuery, handAtOnce, useOwnersChanged } from './owners'
import './hand.css'

interface Props {
  people: readonly { id: string; name: string }[]
  /** Who gets them, where that was chosen by a drag already. */
  to?: string
  onClose: () => void
  onDone?: () => void
}

/** HandModal gives people another owner, with a reason; it says what becomes of their open work. */
export function HandModal({ people, to, onClose, onDone }: Props) {
  const t = useHandWords()
  const say = useSay()
  const { message } = Antd.useApp()
  const changed = useOwnersChanged()
  const board = useQuery(balanceQuery).data
  const [order, setOrder] = useState<HandOrder>({ to: to ? [to] : [], why: 'fits' })
  const [tried, setTried] = useState(false)
  const act = useMutation({
    mutationFn: () => assign(people.map(({ id }) => id), order),
    onSuccess: (answer) => {
      changed()
      if (answer.done > 0) void message.success(t('done', { n: answer.done, tasks: answer.tasks }), 5)
      else if (answer.already > 0) void message.info(t('already', { n: answer.already }), 5)
      if (answer.done > 0) onDone?.()
      if (answer.refused.length === 0) onClose()
    },
  })
  const wrong =
    people.length > handAtOnce ? t('tooMany', { n: handAtOnce })
    : !order.rule && !order.to?.length ? t('whoFirst')
    : order.why === 'other' && !order.note?.trim() ? t('noteFirst')
    : undefined
  const send = () => {
    setTried(true)
    if (!wrong) act.mutate()
  }
  const refused = act.data?.refused ?? []
  return (
    <Modal open title={t('title', { n: people.length })} okText={t('ok')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={send} onCancel={onClose} destroyOnHidden>
      <div className="hand">
        <p className="user-text">{people.length <= 5 ? people.map((one) => one.name).join(t('comma')) : t('several', { name: people[0]?.name ?? '', n: people.length })}</p>
        <HandFields order={order} onOrder={setOrder} owners={board?.items ?? []} rules={board?.rules ?? false} />
        <fieldset>
          <legend>{t('tasks')}</legend>
          <Radio.Group value={order.tasksStay ?? false} onChange={(event) => setOrder({ ...order, tasksStay: event.target.value as boolean })}>
            <Radio value={false}>{t('follow')}</Radio>
            <Radio value={true}>{t('stay')}</Radio>
          </Radio.Group>
          <p className="note">{t(order.tasksStay ? 'stayNote' : 'followNote')}</p>
        </fieldset>
        {tried && wrong && <p className="hand-wrong" role="alert">{wrong}</p>}
        {act.error && <ErrorBox error={act.error} />}
        {refused.length > 0 && (
          <div role="alert">
            <p className="hand-wrong">{t('refused', { n: refused.length })}</p>
            <ul>
              {refused.slice(0, 20).map((one) => (
                <li key={one.person.id}>
                  <span className="user-text">{one.person.name}</span>
                  {t('colon')}
                  {say(one.why)}
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Modal>
  )
}
