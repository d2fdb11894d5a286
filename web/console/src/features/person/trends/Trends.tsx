import { useQuery } from '@tanstack/react-query'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { fileQuery } from '../file/file'
import { LabTrend } from '../file/LabTrend'
import type { At } from '../person'
import { Done } from './Done'
import { progressQuery } from './query'
import { StripPanel } from './StripPanel'
import { TodayFacts } from './TodayFacts'
import { useWords } from './words'
import '../file/file.css'
import './trends.css'
import { printedUnit } from '../../../../../ui/unit'

interface Props {
  id: string
  at?: At
  days: 14 | 30 | 90
  onDays: (days: 14 | 30 | 90) => void
}

/** Trends is today first, then what was planned against what was done, then what changed after what, then laboratory courses. */
export function Trends({ id, at, days, onDays }: Props) {
  const t = useWords()
  const progress = useQuery(progressQuery(id, at))
  return (
    <div className="trends">
      {progress.error ? (
        <ErrorBox error={progress.error} onRetry={() => void progress.refetch()} />
      ) : !progress.data ? (
        <Skeleton lines={8} />
      ) : (
        <>
          <section className="panel" aria-label={t('today')}>
            <h2>{t('today')}</h2>
            <TodayFacts facts={progress.data.today} />
          </section>
          <section className="panel" aria-label={t('plans')}>
            <h2>{t('plans')}</h2>
            <Done progress={progress.data} />
          </section>
        </>
      )}
      <StripPanel id={id} at={at} days={days} onDays={onDays} />
      <LabCourses id={id} at={at} />
    </div>
  )
}

function LabCourses({ id, at }: { id: string; at?: At }) {
  const t = useWords()
  const say = useSay()
  const file = useQuery(fileQuery(id, at))
  if (file.error) return <ErrorBox error={file.error} onRetry={() => void file.refetch()} />
  if (!file.data) return <Skeleton lines={6} />
  const drawn = file.data.labs.filter((one) => one.points.length > 1)
  const single = file.data.labs.filter((one) => one.points.length === 1)
  return (
    <section className="panel" aria-label={t('labs')}>
      <h2>{t('labs')}</h2>
      {file.data.labs.length === 0 && <p className="unknown">{t('noLabs')}</p>}
      <div className="trend-labs">
        {drawn.map((lab) => (
          <div key={lab.test}>
            <h3>
              {say(lab.name)} <span className="trend-unit">{lab.unit === '1' ? '' : printedUnit(lab.unit)}</span>
            </h3>
            <LabTrend lab={lab} large />
            <details className="chart-details">
              <summary>{t('table')}</summary>
              <table>
                <tbody>
                  {[...lab.points].reverse().map((one) => (
                    <tr key={one.at}>
                      <th scope="row">{one.at.slice(0, 10)}</th>
                      <td>
                        {one.value.toFixed(lab.decimals)} {printedUnit(lab.unit)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </details>
          </div>
        ))}
      </div>
      {single.length > 0 && (
        <p className="file-2">
          {single.map((lab) => `${say(lab.name)} ${lab.points[0]?.value.toFixed(lab.decimals)}${lab.unit === '%' ? '' : ' '}${printedUnit(lab.unit)}`).join(' · ')} — {t('single', { n: 1 })}
        </p>
      )}
    </section>
  )
}
