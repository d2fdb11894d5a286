import { Select } from 'antd'
import { useId } from 'react'
import type { TargetsView } from '../../../../../client/file'
import type { Text } from '../../../../../client/types'
import { useSay } from '../../../../../ui/i18n'
import { LimitList } from './Sections'
import { useWords } from './sentences'

/** ProfileBox chooses one of the profiles of the person's programmes and shows what limits it sets. */
export function ProfileBox({ profiles, value, onValue }: { profiles: TargetsView['profiles']; value: string; onValue: (value: string) => void }) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const several = new Set(profiles.map((one) => one.of.key)).size > 1
  const chosen = profiles.find((one) => one.key === value)
  return (
    <div className="field">
      <label htmlFor={id}>{t('profilePick')}</label>
      <Select
        id={id}
        value={value || undefined}
        placeholder={t('pick')}
        onChange={onValue}
        options={profiles.map((one) => ({ value: one.key, label: several ? `${say(one.name)} · ${say(one.of.name)}` : say(one.name) }))}
      />
      {chosen && <LimitList limits={chosen.limits} />}
    </div>
  )
}

/** SlotsBox chooses the meal slots of a plan; they are kept as codes joined by +. */
export function SlotsBox({ contexts, value, wrong, onValue }: { contexts: readonly { key: string; name: Text }[]; value: string; wrong?: string; onValue: (value: string) => void }) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{t('slots')}</label>
      <Select
        id={id}
        mode="multiple"
        value={value ? value.split('+') : []}
        placeholder={t('pick')}
        status={wrong ? 'error' : undefined}
        onChange={(next: string[]) => onValue(contexts.map((one) => one.key).filter((key) => next.includes(key)).join('+'))}
        options={contexts.map((one) => ({ value: one.key, label: say(one.name) }))}
      />
      {wrong && (
        <p className="field-error" role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}
