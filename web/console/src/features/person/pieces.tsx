// Small pieces that quick view and page share.
import type { Person, PersonRow, Run, TargetRange } from '../../../../client/types'
import { limitText } from '../../../../ui/band'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { formatAt, formatDay } from '../../../../ui/time'
import { useOutcome } from '../../layout/catalogue'
import { unit, useMoment } from '../../layout/now'
import { useWords } from './strings'

/** rangeText is 4.4~7.0, <10.0 or ≥3.9; an open end says that the limit itself is outside. */
export function rangeText(range: { low?: number; high?: number; open?: boolean; unit?: string }, language: 'zh' | 'en', t: ReturnType<typeof useWords>): string {
  const { low, high, open } = range
  const text = (limit: number) => (range.unit ? String(limit) : limitText(limit, unit))
  if (low !== undefined && high !== undefined) return `${text(low)}${language === 'en' ? '–' : '~'}${text(high)}`
  if (high !== undefined) return t(open ? 'below' : 'upTo', { high: text(high) })
  if (low !== undefined) return t('above', { low: text(low) })
  return ''
}

export function Targets({ targets }: { targets: Person['targets'] }) {
  const t = useWords()
  const say = useSay()
  const language = useLanguage()
  const moment = useMoment()
  const shown = merge(targets.ranges)
  return (
    <span className="targets">
      {shown.map((range) => (
        <span key={range.context} className="nowrap">
          {say(range.name)} <b>{rangeText(range, language, t)}</b>
          {range.unit && !range.unit.startsWith('/') && ` ${range.unit}`}
        </span>
      ))}
      {targets.hba1c !== undefined && <span className="nowrap">{t('hba1c', { n: targets.hba1c.toFixed(1) })}</span>}
      <span className="note">
        {targets.by
          ? t(targets.signed && targets.by !== 'doctor' ? 'setBySigned' : targets.by === 'doctor' && !targets.signed ? 'setByTold' : 'setBy', { by: targets.by === 'doctor' ? t('doctor') : targets.by, at: targets.at ? formatDay(new Date(targets.at), moment) : '' })
          : `${t('fromDefault')} · ${say(targets.name)}`}
      </span>
    </span>
  )
}

/** The slots people speak of; the same limits before each meal are said once. */
function merge(ranges: readonly TargetRange[]): TargetRange[] {
  const wanted = ['fasting', 'before_meal', 'before_lunch', 'after_meal_2h', 'after_lunch_2h', 'after_breakfast_2h', 'bedtime', 'systolic', 'diastolic', 'pain', 'harris']
  const found = wanted.map((key) => ranges.find((r) => r.context === key)).filter((r): r is TargetRange => r !== undefined)
  const after = found.filter((r) => r.context.startsWith('after'))
  const before = found.filter((r) => r.context.startsWith('before'))
  return found.filter((r) => (!r.context.startsWith('after') || r === after[0]) && (!r.context.startsWith('before') || r === before[0]))
}

export function LastContact({ contact }: { contact: PersonRow['lastContact'] }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const outcome = useOutcome()
  if (!contact) return <span className="unknown">{t('noContact')}</span>
  const kinds = { call: 'c_call', message: 'c_message', task: 'c_task', visit: 'c_visit' } as const
  const kind = t(kinds[contact.kind as keyof typeof kinds] ?? 'c_other')
  const said = say(outcome(contact.outcome))
  return (
    <span>
      {t('lastOutcome', { when: formatDay(new Date(contact.at), moment), kind, outcome: said ? ` · ${said}` : '' })}
    </span>
  )
}

export function Runs({ runs }: { runs: readonly Run[] }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const running = runs.filter((run) => run.status === 'running')
  if (running.length === 0) return <p className="unknown">{t('noRuns')}</p>
  return (
    <ul className="plain">
      {running.map((run) => (
        <li key={run.id}>
          <b>{say(run.name)}</b>
          {'  '}
          {run.stepText ? say(run.stepText) : run.until ? t('untilTime', { at: formatAt(new Date(run.until), moment) }) : ''}
        </li>
      ))}
    </ul>
  )
}
