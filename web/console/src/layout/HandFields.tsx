import { Input, Radio, Select } from 'antd'
import type { HandOrder, OwnerLine } from '../../../client/owners'
import { useHandWords } from './handWords'

const reasons = ['left', 'load', 'asked', 'fits', 'returned', 'other'] as const

interface Props {
  order: HandOrder
  onOrder: (order: HandOrder) => void
  owners: readonly OwnerLine[]
  rules: boolean
  /** Whose people they are: nobody gets their own back. */
  from?: string
}

/** HandFields says who gets people and why. */
export function HandFields({ order, onOrder, owners, rules, from }: Props) {
  const t = useHandWords()
  const able = owners.filter((one) => !one.closed && one.id !== from)
  return (
    <>
      <fieldset>
        <legend>{t('who')}</legend>
        <Radio.Group value={order.rule ?? false} onChange={(event) => onOrder({ ...order, rule: event.target.value as boolean, to: event.target.value ? [] : order.to })}>
          <Radio value={false}>{t('named')}</Radio>
          <Radio value={true} disabled={!rules}>
            {t('byRules')}
          </Radio>
        </Radio.Group>
        {!rules && <p className="note">{t('noRules')}</p>}
        {!order.rule && (
          <Select
            mode="multiple"
            className="hand-wide"
            aria-label={t('whoLabel')}
            placeholder={t('whoLabel')}
            value={order.to ?? []}
            onChange={(to: string[]) => onOrder({ ...order, to })}
            options={able.map((one) => ({ value: one.id, label: t('ownerLoad', { name: one.name, n: one.people, of: one.capacity }) + (one.absence ? t('awayNow') : '') }))}
          />
        )}
        {!order.rule && (order.to?.length ?? 0) > 1 && <p className="note">{t('severalNote')}</p>}
      </fieldset>
      <label className="hand-field">
        <span>{t('why')}</span>
        <Select aria-label={t('why')} value={order.why ?? null} onChange={(why: string | null) => onOrder({ ...order, why: why ?? undefined })} options={reasons.map((key) => ({ value: key, label: t(`w_${key}`) }))} />
      </label>
      <label className="hand-field">
        <span>{t(order.why === 'other' ? 'noteMust' : 'note')}</span>
        <Input aria-label={t('note')} maxLength={500} value={order.note ?? ''} onChange={(event) => onOrder({ ...order, note: event.target.value })} />
      </label>
    </>
  )
}
