import { useQuery } from '@tanstack/react-query'
import { AutoComplete } from 'antd'
import { useEffect, useId, useState } from 'react'
import type { MedicineItem } from '../../../../../client/file'
import { useSay } from '../../../../../ui/i18n'
import { medicinesQuery } from './file'
import { useWords } from './sentences'

interface Props {
  text: string
  onText: (text: string) => void
  chosen: MedicineItem | undefined
  onChoose: (item: MedicineItem | undefined) => void
  /** A name nobody knows is kept as text. */
  free?: boolean
  wrong?: string
}

/** useSettled follows a text once nobody typed for `ms`. */
function useSettled(text: string, ms: number): string {
  const [settled, set] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => set(text), ms)
    return () => clearTimeout(timer)
  }, [text, ms])
  return settled
}

/** MedicineSearch finds a medicine by Chinese, English or brand name, pinyin or its initials. */
export function MedicineSearch({ text, onText, chosen, onChoose, free = false, wrong }: Props) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const q = useSettled(text.trim(), 200)
  const found = useQuery(medicinesQuery(chosen ? '' : q))
  const items = text.trim() === '' || chosen ? [] : (found.data?.items ?? [])
  const sure = !chosen && q !== '' && q === text.trim() && found.isSuccess && !found.isPlaceholderData
  return (
    <div className="field">
      <label htmlFor={id}>{t('medicine')}</label>
      <AutoComplete
        id={id}
        value={text}
        placeholder={t('medicineHint')}
        status={wrong ? 'error' : undefined}
        options={items.map((one) => ({ value: one.key, label: <Choice item={one} /> }))}
        onChange={(next: string) => {
          const picked = items.find((one) => one.key === next)
          onText(picked ? say(picked.name) : next)
          onChoose(picked)
        }}
      />
      {chosen && <p className="note">{t('chosen', { name: say(chosen.name), class: say(chosen.className) })}</p>}
      {free && sure && items.length === 0 && (
        <p className="file-notice" role="status">
          {t('unknownMedicine', { name: text.trim() })}
        </p>
      )}
      {wrong && (
        <p className="field-error" role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}

function Choice({ item }: { item: MedicineItem }) {
  const t = useWords()
  const say = useSay()
  return (
    <span className="medicine-choice">
      <b>{say(item.name)}</b> <span className="file-2">{say(item.className)}</span>
      {item.brands.length > 0 && <span className="note">{t('brands', { names: item.brands.join(' ') })}</span>}
    </span>
  )
}
