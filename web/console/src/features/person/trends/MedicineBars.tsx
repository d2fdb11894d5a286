import { useQuery } from '@tanstack/react-query'
import type { Course, MedicineTaken } from '../../../../../client/file'
import { xOf } from '../../../../../ui/chartScale'
import { axisLeft, axisRight } from '../../../../../ui/GlucoseChart'
import { useSay } from '../../../../../ui/i18n'
import { useWidth } from '../../../../../ui/useWidth'
import { useDate } from '../file/Entry'
import { fileQuery } from '../file/file'
import type { At } from '../person'
import { useWords } from './words'

const row = 26

interface Bar {
  key: string
  x: number
  width: number
  text: string
  open: boolean
}

/** MedicineBars draws how each medicine was taken, a bar a dose, on the axis of the chart below; the table behind says it in words. */
export function MedicineBars({ id, at, from, to }: { id: string; at?: At; from: Date; to: Date }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  const file = useQuery(fileQuery(id, at))
  const [box, width] = useWidth<HTMLDivElement>(760)
  const right = width - axisRight
  const x = (moment: Date) => Math.max(axisLeft, Math.min(right, xOf(moment, { from: from.getTime(), to: to.getTime(), left: axisLeft, right })))
  const inSpan = (one: Course) => (!one.to || Date.parse(one.to) > from.getTime()) && (!one.from || Date.parse(one.from) < to.getTime())
  const shown = (file.data?.medicines ?? []).filter((one) => one.courses.some(inSpan))
  if (shown.length === 0) return null
  const doseOf = (one: Course) => [say(one.how), one.doseText].filter(Boolean).join(' · ')
  const barsOf = (medicine: MedicineTaken): Bar[] =>
    medicine.courses.filter(inSpan).map((one, i) => {
      const start = x(one.from ? new Date(one.from) : from)
      const end = x(one.to ? new Date(one.to) : to)
      return { key: `${one.from} ${i}`, x: start, width: Math.max(3, end - start - 2), text: doseOf(one), open: !one.to }
    })
  return (
    <div className="medicine-bars" ref={box}>
      <svg height={16 + shown.length * row} viewBox={`0 0 ${width} ${16 + shown.length * row}`} width={width} role="img" aria-label={`${t('medicines')}: ${shown.map((one) => say(one.name)).join(', ')}`}>
        <text className="lane-name" x={0} y={12}>
          {t('medicines')}
        </text>
        {shown.map((medicine, i) => {
          const bars = barsOf(medicine)
          const words = [say(medicine.name), bars.at(-1)?.text].filter(Boolean).join(' ')
          return (
            <g key={medicine.key} transform={`translate(0 ${16 + i * row})`}>
              {bars.map((bar) => (
                <rect key={bar.key} className={bar.open ? 'bar-open' : 'bar-over'} x={bar.x} y={4} width={bar.width} height={18} rx={3}>
                  <title>{`${say(medicine.name)} ${bar.text}`}</title>
                </rect>
              ))}
              <text className="bar-name" x={Math.min((bars[0]?.x ?? axisLeft) + 6, right - 160)} y={17}>
                {words}
              </text>
            </g>
          )
        })}
      </svg>
      <details className="chart-details">
        <summary>{t('table')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('what')}</th>
              <th scope="col">{t('dose')}</th>
              <th scope="col">{t('when')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.flatMap((medicine) =>
              medicine.courses.map((one, i) => (
                <tr key={`${medicine.key} ${i}`}>
                  <th scope="row" className="user-text">
                    {say(medicine.name)}
                  </th>
                  <td className="user-text">{doseOf(one) || t('none')}</td>
                  <td>{`${one.from ? date(one.from) : '?'} – ${one.to ? date(one.to) : t('running')}`}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </details>
    </div>
  )
}
