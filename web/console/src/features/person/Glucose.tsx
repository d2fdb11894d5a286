import { useQuery } from '@tanstack/react-query'
import { Modal, Segmented, Select } from 'antd'
import { useState } from 'react'
import type { LogDay, Person, Reading } from '../../../../client/types'
import { GlucoseChart } from '../../../../ui/GlucoseChart'
import { GlucoseLog } from '../../../../ui/GlucoseLog'
import { useLanguage } from '../../../../ui/i18n'
import { useSlotName, slots } from '../../../../ui/slots'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { dateIn, formatAt, instantOf } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { unit, useMoment } from '../../layout/now'
import { readingsQuery } from './person'
import type { PersonView } from './PersonPage'
import { rangeText } from './pieces'
import { useSpan } from './span'
import { useWords } from './strings'

interface Props {
  person: Person
  at?: string
  view: PersonView
  onView: (change: Partial<PersonView>) => void
}

/** Glucose: first the log people know from paper, then the course day by day. */
export function Glucose({ person, at, view, onView }: Props) {
  const t = useWords()
  const { from, to } = useSpan(view.days, at)
  const readings = useQuery(readingsQuery(person.id, from.toISOString(), to.toISOString(), at))
  const { zone } = useMoment()
  const [picked, setPicked] = useState<Reading>()
  const answer = readings.data
  return (
    <section className="panel" aria-label={t('glucose')}>
      <div className="panel-head">
        <h2>{t('glucose')}</h2>
        <Segmented<PersonView['chart']>
          aria-label={t('glucose')}
          value={view.chart}
          onChange={(chart) => onView({ chart })}
          options={[
            { value: 'log', label: t('log') },
            { value: 'daily', label: t('daily') },
          ]}
        />
        <Segmented<PersonView['days']>
          aria-label={t('span')}
          value={view.days}
          onChange={(days) => onView({ days })}
          options={([14, 30, 90] as const).map((n) => ({ value: n, label: t('days', { n }) }))}
        />
        {answer && <Figures answer={answer} />}
      </div>
      {readings.error ? (
        <ErrorBox error={readings.error} onRetry={() => void readings.refetch()} />
      ) : !answer ? (
        <Skeleton lines={8} />
      ) : answer.items.length === 0 ? (
        <Empty title={t('chartNone', { n: view.days })} />
      ) : view.chart === 'log' ? (
        <div className="person-log">
          <GlucoseLog days={everyDay(answer.days, to, zone)} unit={unit} zone={zone} caption={t('logOf', { n: view.days })} onPick={setPicked} />
        </div>
      ) : (
        <Daily items={answer.items} from={from} to={to} days={view.days} />
      )}
      {picked && <Detail reading={picked} onClose={() => setPicked(undefined)} />}
    </section>
  )
}

/** everyDay puts a row for each day down to the oldest measured one: on paper a day without a measurement is seen too. */
export function everyDay(days: readonly LogDay[], to: Date, zone: string): LogDay[] {
  const known = new Map(days.map((one) => [one.date, one]))
  const oldest = [...known.keys()].sort()[0]
  if (!oldest) return []
  const all: LogDay[] = []
  const noon = instantOf(dateIn(to, zone), '12:00', zone).getTime()
  for (let back = 0; ; back++) {
    const date = dateIn(new Date(noon - back * 86_400_000), zone)
    if (date < oldest) return all
    all.push(known.get(date) ?? { date, slots: {} })
  }
}

/** Four readings are needed before a share or a mean is said; below that it is not enough, and says how many there are. */
function Figures({ answer }: { answer: { items: Reading[]; stats?: { n: number; mean?: number; inTarget?: { n: number; of: number } } } }) {
  const t = useWords()
  const n = answer.stats?.n ?? answer.items.length
  if (n === 0) return null
  if (n < 4) return <span className="unknown">{t('few', { n })}</span>
  const share = answer.stats?.inTarget
  return (
    <span className="figures">
      <span>{t('count', { n })}</span>
      {share && share.of > 0 && <span>{t('share', { n: share.n, of: share.of })}</span>}
      {answer.stats?.mean !== undefined && (
        <span>
          {t('mean', { mean: answer.stats.mean.toFixed(1) })} {unit}
        </span>
      )}
    </span>
  )
}

function Daily({ items, from, to, days }: { items: Reading[]; from: Date; to: Date; days: number }) {
  const t = useWords()
  const slotName = useSlotName()
  const { zone } = useMoment()
  const used = slots.filter((slot) => items.some((r) => r.context === slot))
  const [slot, setSlot] = useState<string>('')
  const shown = slot ? items.filter((r) => r.context === slot) : items
  // A grey band holds for one meal slot only: over all of them it would show a high fasting value inside a target.
  const band = slot ? shown.find((r) => r.range)?.range : undefined
  return (
    <div className="daily">
      <label className="daily-slot">
        {t('slotChart')}{' '}
        <Select
          value={slot}
          onChange={setSlot}
          popupMatchSelectWidth={false}
          options={[{ value: '', label: t('allSlots') }, ...used.map((key) => ({ value: key as string, label: slotName(key) }))]}
        />
        {!slot && <span className="note">{t('pickSlot')}</span>}
      </label>
      <GlucoseChart
        title={t('chartTitle', { n: days })}
        sentence={t('chartSentence', { n: days, count: shown.length, in: shown.filter((r) => r.band === 'in_target').length })}
        readings={shown}
        from={from}
        to={to}
        unit={unit}
        zone={zone}
        band={band}
        height={260}
      />
    </div>
  )
}

/** Detail is what lies behind one cell: when, how it was entered, whose limits, from where. */
function Detail({ reading, onClose }: { reading: Reading; onClose: () => void }) {
  const t = useWords()
  const language = useLanguage()
  const moment = useMoment()
  const slotName = useSlotName()
  const sources = { peiban: 'src_peiban', phone: 'src_phone', staff: 'src_staff', simulator: 'src_simulator', import: 'src_import' } as const
  const named = (name: string) => (name in sources ? t(sources[name as keyof typeof sources]) : name)
  const told = (reading.sources ?? []).slice(1).map((one) => named(one.source))
  const { entered, range } = reading
  return (
    <Modal open title={t('detail')} footer={null} onCancel={onClose} width={380}>
      <div className="quick-facts">
        <span>
          {slotName(reading.context)} <Value reading={reading} unit={unit} />
        </span>
        <span>{t('measured', { at: formatAt(new Date(reading.at), moment) })}</span>
        <span>{t('received', { at: formatAt(new Date(reading.received), moment) })}</span>
        {entered.unit !== unit && entered.value !== undefined && <span>{t('entered', { value: entered.value, unit: entered.unit })}</span>}
        {range && <span>{t('range', { range: rangeText(range, language, t) })}</span>}
        {reading.source && <span>{t('source', { source: named(reading.source) })}</span>}
        {told.length > 0 && <span>{t('alsoTold', { sources: [...new Set(told)].join(t('comma')) })}</span>}
        {reading.flags.includes('sensor') && <span>{t('bySensor')}</span>}
        {reading.flags.includes('disputed') && <span>{t('disputed')}</span>}
      </div>
    </Modal>
  )
}
