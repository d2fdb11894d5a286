import { Input, Select } from 'antd'
import { useId } from 'react'
import type { Text } from '../../../../../client/types'
import { useSay } from '../../../../../ui/i18n'
import { useFieldWords } from './fieldWords'
import type { Read, Reads } from './fields'
import { useWords } from './sentences'

interface Props {
  systems: readonly { key: string; name: Text; stages: string[] }[]
  sides: readonly ('left' | 'right')[]
  value: Reads
  /** What is wrong, by side and field: left.stage. */
  wrong: Partial<Record<string, string>>
  onValue: (value: Reads) => void
}

/** StagesBox asks which stage the images show, side by side. All of it may be left out; a staging system of another year is another system. */
export function StagesBox({ systems, sides, value, wrong, onValue }: Props) {
  const t = useWords()
  const label = useFieldWords()
  const say = useSay()
  const id = useId()
  return (
    <fieldset className="stages-box">
      <legend>{t('readStages')}</legend>
      <p className="note">{t('readStagesHint')}</p>
      {sides.map((side) => {
        const one: Read = value[side] ?? { system: '', stage: '', extent: '' }
        const name = (field: string) => `${t(side === 'left' ? 'sideLeft' : 'sideRight')} ${field}`
        const put = (next: Partial<Read>) => onValue({ ...value, [side]: { ...one, ...next } })
        const bad = (field: string) => wrong[`${side}.${field}`]
        const mine = ['system', 'stage', 'extent'].map((field) => bad(field)).filter(Boolean)
        return (
          <div key={side} className="stages-side">
            <b>{t(side === 'left' ? 'sideLeft' : 'sideRight')}</b>
            <Select
              aria-label={name(label('system'))}
              value={one.system || undefined}
              placeholder={label('system')}
              allowClear={{ label: t('unpick') }}
              status={bad('system') ? 'error' : undefined}
              options={systems.map((each) => ({ value: each.key, label: say(each.name) }))}
              onChange={(system: string | undefined) => put({ system: system ?? '', stage: '', ...(system ? {} : { extent: '' }) })}
            />
            <Select
              aria-label={name(label('stage'))}
              value={one.stage || undefined}
              placeholder={label('stage')}
              disabled={!one.system}
              status={bad('stage') ? 'error' : undefined}
              options={(systems.find((each) => each.key === one.system)?.stages ?? []).map((each) => ({ value: each, label: each }))}
              onChange={(stage: string) => put({ stage })}
            />
            <Input
              aria-label={name(label('extent'))}
              id={`${id}-${side}`}
              inputMode="decimal"
              autoComplete="off"
              placeholder={label('extent')}
              suffix="%"
              disabled={!one.system}
              status={bad('extent') ? 'error' : undefined}
              value={one.extent}
              onChange={(event) => put({ extent: event.target.value })}
            />
            {mine.length > 0 && (
              <p className="field-error" role="alert">
                {mine.join(' ')}
              </p>
            )}
          </div>
        )
      })}
    </fieldset>
  )
}
