import { useQuery } from '@tanstack/react-query'
import { Segmented, Select } from 'antd'
import { useState } from 'react'
import type { Strip } from '../../../../../client/change'
import type { Reading } from '../../../../../client/types'
import { GlucoseChart } from '../../../../../ui/GlucoseChart'
import { useSay } from '../../../../../ui/i18n'
import { MeasureChart } from '../../../../../ui/MeasureChart'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { dateIn, formatDay } from '../../../../../ui/time'
import { unit, useMoment } from '../../../layout/now'
import { useSpan } from '../span'
import type { At } from '../person'
import { Around } from './Around'
import { Lanes } from './Lanes'
import { MedicineBars } from './MedicineBars'
import { stripQuery } from './query'
import { useWords } from './words'

interface Props {
  id: string
  at?: At
  days: 14 | 30 | 90
  onDays: (days: 14 | 30 | 90) => void
}

/** StripPanel lays what happened over what was measured, on one axis of time; one event may be looked at from both sides. */
export function StripPanel({ id, at, days, onDays }: Props) {
  const t = useWords()
  const { from, to } = useSpan(days, at)
  const strip = useQuery(stripQuery(id, from.toISOString(), at))
  return (
    <section className="panel" aria-label={t('strip')}>
      <div className="panel-head">
        <h2>{t('strip')}</h2>
        <Segmented<14 | 30 | 90> aria-label={t('strip')} value={days} onChange={onDays} options={([14, 30, 90] as const).map((n) => ({ value: n, label: t('spanDays', { n }) }))} />
      </div>
      {strip.error ? <ErrorBox error={strip.error} onRetry={() => void strip.refetch()} /> : !strip.data ? <Skeleton lines={10} /> : <Drawn id={id} at={at} strip={strip.data} from={from} to={to} days={days} />}
    </section>
  )
}

/** The slot drawn first is the one with most days; readings at any hour only where there are no others. */
const fullest = (strip: Strip): string => {
  const byDays = [...strip.slots].sort((a, b) => b.n - a.n)
  return (byDays.find(({ context }) => context !== 'random' && context !== '') ?? byDays[0])?.context ?? ''
}

function Drawn({ id, at, strip, from, to, days }: { id: string; at?: At; strip: Strip; from: Date; to: Date; days: number }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const [chosen, setChosen] = useState<string>()
  const [picked, setPicked] = useState<string>()
  const slot = strip.slots.find((one) => one.context === chosen)?.context ?? fullest(strip)
  const target = strip.slots.find((one) => one.context === slot)
  const mark = strip.marks.find((one) => one.id === picked)
  const readings = strip.days.filter((one) => one.context === slot).map(asReading)
  return (
    <div className="strip">
      {strip.marks.length === 0 ? (
        <p className="unknown">{t('noMarks')}</p>
      ) : (
        <Lanes marks={strip.marks} from={from} to={to} picked={picked} onPick={setPicked} />
      )}
      <MedicineBars id={id} at={at} from={from} to={to} />
      {target ? (
        <>
          <div className="strip-pick">
            <label>
              {t('slot')}{' '}
              <Select aria-label={t('slot')} value={slot} onChange={setChosen} popupMatchSelectWidth={false} options={strip.slots.map((one) => ({ value: one.context, label: say(one.name) }))} />
            </label>
          </div>
          <GlucoseChart
            title={t('row_glucose', { slot: say(target.name), unit })}
            sentence={t('stripSays', { days, n: strip.marks.length, m: readings.length })}
            readings={readings}
            from={from}
            to={to}
            unit={unit}
            zone={moment.zone}
            band={target.range}
            height={210}
            around={mark && new Date(mark.at)}
          />
        </>
      ) : (
        strip.glucose && <p className="unknown">{t('noReadings')}</p>
      )}
      <MeasureList measures={strip.measures} from={from} to={to} around={mark && new Date(mark.at)} />
      {strip.marks.length > 0 && (
        <div className="strip-pick">
          <label>
            {t('pick')}{' '}
            <Select
              aria-label={t('pick')}
              className="strip-select"
              value={picked ?? null}
              placeholder={t('pick')}
              showSearch={{ optionFilterProp: 'label' }}
              onChange={(next: string | null) => setPicked(next ?? undefined)}
              options={[...strip.marks].reverse().map((one) => ({ value: one.id, label: `${formatDay(new Date(one.at), moment)} ${say(one.text)}` }))}
            />
          </label>
        </div>
      )}
      {mark ? <Around id={id} at={at} mark={mark} onClose={() => setPicked(undefined)} /> : strip.marks.length > 0 && <p className="note">{t('pickHint')}</p>}
      <details className="chart-details">
        <summary>{t('listMarks')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('when')}</th>
              <th scope="col">{t('what')}</th>
            </tr>
          </thead>
          <tbody>
            {[...strip.marks].reverse().map((one) => (
              <tr key={one.id}>
                <td className="nowrap">{dateIn(new Date(one.at), moment.zone)}</td>
                <td className="user-text">{say(one.text)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  )
}

/** What is measured beside glucose stands on the same axis of time: its figures in words, and a line from three days on. */
function MeasureList({ measures, from, to, around }: { measures: Strip['measures']; from: Date; to: Date; around?: Date }) {
  const say = useSay()
  const { zone } = useMoment()
  return measures.map((one) => (
    <section key={one.key} className="strip-measure" aria-label={say(one.name)}>
      <h3>
        {say(one.name)} <span className="trend-unit">{one.unit}</span>
      </h3>
      <p className={one.n === 0 ? 'unknown' : undefined}>{say(one.sentence)}</p>
      {one.rows.length > 0 && (
        <p className="strip-figures">
          {one.rows.map((row) => (
            <span key={row.key} className="nowrap">
              {say(row.name)} <b>{say(row.text)}</b>
              {row.key !== 'latest' && row.key !== 'before' && <span className="note"> n={row.n}</span>}
            </span>
          ))}
        </p>
      )}
      {one.points.length > 2 && <MeasureChart measured={one} from={from} to={to} zone={zone} around={around} />}
    </section>
  ))
}

/** A day's mean is drawn as a reading is: the server said its digits and its class. */
const asReading = (one: Strip['days'][number]): Reading => ({
  id: `${one.at} ${one.context}`,
  at: one.at,
  received: one.at,
  context: one.context,
  mmol: one.mean,
  show: one.show,
  entered: { value: one.mean, unit },
  band: one.band,
  source: '',
  provenance: '',
  flags: [],
})
