import { useState } from 'react'
import type { LabPoint, LabRow } from '../../../../../client/file'
import { useLanguage, useSay } from '../../../../../ui/i18n'
import { Entries, useDate } from './Entry'
import { LabTrend } from './LabTrend'
import { useWords } from './sentences'
import { printedUnit } from '../../../../../ui/unit'

/** figure shows a value with the decimals its test is reported in. */
export const figure = (value: number, decimals: number): string => value.toFixed(decimals)

/** Labs is one line a test: the latest value beside its laboratory's own range, and the course. */
export function Labs({ labs }: { labs: readonly LabRow[] }) {
  const t = useWords()
  return (
    <table className="labs">
      <thead>
        <tr>
          {(['test', 'latest', 'reference', 'change', 'trend', 'date'] as const).map((key) => (
            <th key={key} scope="col">
              {t(key)}
            </th>
          ))}
          <th aria-label={t('records', { n: '' })} />
        </tr>
      </thead>
      {labs.map((lab) => (
        <Lab key={lab.test} lab={lab} />
      ))}
    </table>
  )
}

function Lab({ lab }: { lab: LabRow }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  const [open, setOpen] = useState(false)
  const { latest, decimals } = lab
  const stands = lab.entries.filter((one) => one.state === 'stands').length
  return (
    <tbody>
      <tr>
        <th scope="row">{say(lab.name)}</th>
        <td>{latest ? <Latest lab={lab} latest={latest} /> : <span className="unknown">{t('noRecord')}</span>}</td>
        <td className="file-2">
          <Reference point={latest} decimals={decimals} />
          {lab.target !== undefined && <span className="nowrap"> {t('target', { n: `≤${figure(lab.target, decimals)}` })}</span>}
        </td>
        <td className="file-2 nowrap">
          {lab.change === undefined || !lab.direction
            ? t('first')
            : lab.direction === 'steady'
              ? t('steady')
              : t(lab.direction, { n: figure(Math.abs(lab.change), decimals) })}
        </td>
        <td>{lab.points.length >= 3 ? <LabTrend lab={lab} /> : <span className="unknown">{t('fewPoints', { n: lab.points.length })}</span>}</td>
        <td className="file-2 nowrap">{date(latest?.at)}</td>
        <td>
          <button type="button" className="link nowrap" aria-expanded={open} aria-label={`${say(lab.name)} ${t('records', { n: stands })}`} onClick={() => setOpen(!open)}>
            {t('records', { n: stands })}
          </button>
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={7}>
            {lab.points.length >= 3 && <LabTrend lab={lab} large />}
            <Entries entries={lab.entries} />
          </td>
        </tr>
      )}
    </tbody>
  )
}

function Latest({ lab, latest }: { lab: LabRow; latest: LabPoint }) {
  const t = useWords()
  return (
    <span className="lab-latest">
      <b>
        {figure(latest.value, lab.decimals)}
        {lab.unit === '%' ? '' : ' '}
        {printedUnit(lab.unit)}
      </b>{' '}
      {latest.flag && latest.flag !== 'normal' && <span className="lab-flag">{t(`fl_${latest.flag}`)}</span>}
      {latest.flag === 'normal' && <span className="file-2">{t('fl_normal')}</span>}
      {latest.ifcc !== undefined && <span className="note nowrap">{t('alsoIn', { value: latest.ifcc, unit: 'mmol/mol' })}</span>}
    </span>
  )
}

function Reference({ point, decimals }: { point: LabPoint | undefined; decimals: number }) {
  const t = useWords()
  const language = useLanguage()
  const low = point?.refLow
  const high = point?.refHigh
  if (low === undefined && high === undefined) return <span className="unknown">{t('noReference')}</span>
  const text =
    low === undefined || (low === 0 && high !== undefined)
      ? `≤${figure(high ?? 0, decimals)}`
      : high === undefined
        ? `≥${figure(low, decimals)}`
        : `${figure(low, decimals)}${language === 'en' ? '–' : '~'}${figure(high, decimals)}`
  return <span className="nowrap">{text}</span>
}
