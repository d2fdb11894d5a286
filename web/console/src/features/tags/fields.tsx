import { Input } from 'antd'
import type { Text } from '../../../../client/types'
import { useWords } from './strings'

export type Mistake = 'key' | 'key_taken' | 'name' | 'plain' | 'because' | 'when' | 'codes' | 'group' | 'source'

export function Wrong({ text }: { text: string | undefined }) {
  return text ? (
    <p className="wrong" role="alert">
      {text}
    </p>
  ) : null
}

export function Line({ label, hint, wrong, children }: { label: string; hint?: string; wrong?: string; children: React.ReactNode }) {
  return (
    <div className="field">
      <span className="field-label">
        {label} {hint && <span className="note">{hint}</span>}
      </span>
      {children}
      <Wrong text={wrong} />
    </div>
  )
}

interface BothProps {
  label: string
  /** What the fields are called aloud, where the label alone does not say of what. */
  spoken?: string
  hint?: string
  value: Text
  onValue: (value: Text) => void
  long?: boolean
  wrong?: string
}

/** Both is one text in both languages, side by side, so that neither is forgotten. */
export function Both({ label, spoken = label, hint, value, onValue, long = false, wrong }: BothProps) {
  const t = useWords()
  const field = (language: 'zh' | 'en') => {
    const shared = {
      value: value[language],
      'aria-label': `${spoken} ${t(language)}`,
      'aria-invalid': (wrong && !value[language].trim()) || undefined,
      placeholder: t(language),
      lang: language === 'zh' ? 'zh-CN' : 'en',
      status: wrong && !value[language].trim() ? ('error' as const) : undefined,
    }
    return long ? (
      <Input.TextArea {...shared} autoSize={{ minRows: 2, maxRows: 6 }} onChange={(event) => onValue({ ...value, [language]: event.target.value })} />
    ) : (
      <Input {...shared} onChange={(event) => onValue({ ...value, [language]: event.target.value })} />
    )
  }
  return (
    <Line label={label} hint={hint} wrong={wrong}>
      <div className="pair">
        {field('zh')}
        {field('en')}
      </div>
    </Line>
  )
}
