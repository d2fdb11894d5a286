import type { TargetLimit } from '../../../../client/file'
import { limitText } from '../../../../ui/band'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { useLimits } from '../../../../ui/limits'
import { useMe } from '../../session/Session'
import { useFileWords } from './strings'

/** Limits lists every limit that holds for the person, glucose in the unit they read; one the doctor set for them says so. */
export function Limits({ limits }: { limits: readonly TargetLimit[] }) {
  const t = useFileWords()
  const say = useSay()
  const language = useLanguage()
  const { unit } = useMe()
  const figures = useLimits()
  const text = (one: TargetLimit): string => {
    const n = (limit: number) => (one.unit ? String(limit) : limitText(limit, unit, figures))
    if (one.low !== undefined && one.high !== undefined) return `${n(one.low)}${language === 'en' ? '–' : '~'}${n(one.high)}`
    if (one.high !== undefined) return t(one.open ? 'limitBelow' : 'limitUpTo', { n: n(one.high) })
    return one.low === undefined ? '' : t('limitFrom', { n: n(one.low) })
  }
  const shown = limits.filter((one) => one.context !== 'hba1c' && (one.unit || unit === 'mmol/L' || figures)) // HbA1c stands above them
  if (shown.length === 0) return null
  return (
    <ul className="file-rows">
      {shown.map((one) => (
        <li key={one.context}>
          {say(one.name)}{' '}
          <span className="nowrap">
            <b>{text(one)}</b> {one.unit ?? unit}
          </span>{' '}
          {one.own && <span className="soft nowrap">{t('ownLimit')}</span>}
        </li>
      ))}
    </ul>
  )
}
