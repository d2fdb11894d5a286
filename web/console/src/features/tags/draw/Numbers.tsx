import type { UseQueryResult } from '@tanstack/react-query'
import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import type { DrawnJourney, DrawnStep, JourneyFigures, StepFigures } from '../../../../../client/draw'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox } from '../../../../../ui/states'
import { formatAt } from '../../../../../ui/time'
import { useMoment } from '../../../layout/now'
import { CountedLater } from '../FoundList'
import { count } from '../Names'
import { type Days, figurePeople } from './drawn'
import { useDraw } from './strings'

/** JourneyNumbers are the numbers of the journey as a whole, and for which days all of them are. */
export function JourneyNumbers({ journey, days, figures, onDays }: { journey: DrawnJourney; days: Days; figures: UseQueryResult<JourneyFigures>; onDays: (days: Days) => void }) {
  const t = useDraw()
  const moment = useMoment()
  if (figures.error) return <ErrorBox error={figures.error} onRetry={() => void figures.refetch()} />
  const data = figures.data
  return (
    <section className="row draw-numbers" aria-label={t('numbers')} aria-busy={figures.isFetching}>
      <DatePicker.RangePicker
        aria-label={t('range')}
        allowEmpty={[true, true]}
        placeholder={[t('from'), t('to')]}
        value={[days.from ? dayjs(days.from) : null, days.to ? dayjs(days.to) : null]}
        onChange={(next) => onDays({ from: next?.[0]?.format('YYYY-MM-DD'), to: next?.[1]?.format('YYYY-MM-DD') })}
      />
      {data && (
        <>
          <Open journey={journey} days={days} part="entered" step="" n={data.entered} text={t('entered', { n: count(data.entered) })} />
          <Open journey={journey} days={days} part="running" step="" n={data.running} text={t('running', { n: count(data.running) })} />
          <span className="note">{t('asOf', { time: formatAt(new Date(data.asOf), moment) })}</span>
        </>
      )}
    </section>
  )
}

interface OpenProps {
  journey: DrawnJourney
  days: Days
  part: string
  step: string
  n: number
  text: string
  number?: number
  reason?: string
}

function Open({ journey, days, part, step, n, text, number, reason }: OpenProps) {
  const t = useDraw()
  if (n === 0) return null
  const label = number ? t('peopleOf', { n: number, what: text }) : t('peopleAll', { what: text })
  return <CountedLater text={text} label={label} of={part} ask={() => figurePeople(journey.programme, journey.key, days, part, step, reason)} />
}

/** StepNumbers are what happened at one step; each number opens its people. */
export function StepNumbers({ journey, days, step, figures, old }: { journey: DrawnJourney; days: Days; step: DrawnStep; figures: StepFigures | undefined; old: boolean }) {
  const t = useDraw()
  const say = useSay()
  if (!figures) return null
  const one = (part: string, n: number, text: string, reason?: string) => <Open key={part + (reason ?? '')} journey={journey} days={days} part={part} step={step.id} n={n} text={text} number={step.n} reason={reason} />
  return (
    <div className={old && step.change !== 'same' ? 'draw-figures nodrag nopan stale-figures' : 'draw-figures nodrag nopan'} onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()} role="presentation">
      {one('waiting', figures.waiting, t('waiting', { n: count(figures.waiting) }))}
      {one('passed', figures.passed, t('passed', { n: count(figures.passed) }))}
      {one('sent', figures.sent, t('sent', { n: count(figures.sent) }))}
      {one('held', figures.held, t('held', { n: count(figures.held) }))}
      {one('failed', figures.failed, t('failed', { n: count(figures.failed) }))}
      {figures.suppressed.map(({ reason, text, n }) => one('suppressed', n, t('reason', { reason: say(text), n: count(n) }), reason))}
      {one('open', figures.open, t('openTasks', { n: count(figures.open) }))}
      {one('done', figures.done, t('doneTasks', { n: count(figures.done) }))}
    </div>
  )
}
