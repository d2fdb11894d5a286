import type { Difference, EffectArm, EffectAsk, EffectComparison, JourneyEffect } from '../../../../client/journeys'
import { useSay } from '../../../../ui/i18n'
import { useWidth } from '../../../../ui/useWidth'
import { DailyBand } from './DailyBand'
import type { Opens } from './EffectPage'
import { count, effectPeople, share, signed, ticks } from './effect'
import { useWords } from './strings'

/** Comparisons are what the journey changed, one panel for each group chance made, or why nothing is compared. */
export function Comparisons({ v, Opens }: { v: JourneyEffect; Opens: Opens }) {
  const t = useWords()
  const say = useSay()
  if (v.comparisons.length === 0)
    return (
      <section className="panel effect-panel" aria-label={t('changed')}>
        <h3>{t('changed')}</h3>
        <p className="unknown">{v.why ? say(v.why) : t('none')}</p>
      </section>
    )
  return v.comparisons.map((one) => one.treated.exposed + one.held.exposed === 0 ? <Nobody key={`${one.step} ${one.treated.key}`} one={one} /> : <One key={`${one.step} ${one.treated.key}`} v={v} one={one} Opens={Opens} />)
}

/** Nobody says that a step has divided nobody so far: a table of zeros would tell nothing. */
function Nobody({ one }: { one: EffectComparison }) {
  const t = useWords()
  const say = useSay()
  return (
    <section className="panel effect-panel" aria-label={t('changed')}>
      <h3>{t('changed')}</h3>
      <p className="unknown">
        {t('noneYet')}{t('noneYetBody', { treated: say(one.treated.name), held: say(one.held.name) })}
      </p>
    </section>
  )
}

function One({ v, one, Opens }: { v: JourneyEffect; one: EffectComparison; Opens: Opens }) {
  const t = useWords()
  const say = useSay()
  const versus = t('treatedVsHeld', { treated: say(one.treated.name), held: say(one.held.name) })
  const told = one.verdict === 'more' || one.verdict === 'fewer'
  return (
    <section className="panel effect-panel" aria-label={`${t('changed')} ${versus}`}>
      <div className="effect-head">
        <h3>{t('changed')}</h3>
        <span className="note">{versus}</span>
        <span className="note">{t('toGuide')}</span>
      </div>
      <p className={`effect-verdict effect-${one.verdict}`}>
        <b>{say(one.text)}</b> {one.since && told && <span className="note">{t('since', { day: one.since })}</span>}
      </p>
      {one.missing && <p className="note">{say(one.missing)}</p>}
      <div className="effect-two">
        <div>
          <table className="effect-table effect-arms">
            <thead>
              <tr>
                <th scope="col">{t('h_group')}</th>
                <th scope="col">{t('exposed')}</th>
                <th scope="col">{t('before')}</th>
                <th scope="col">{t('waiting')}</th>
                <th scope="col">{t('counted')}</th>
                <th scope="col">{t('reachedGoal')}</th>
              </tr>
            </thead>
            <tbody>
              {[one.treated, one.held].map((arm) => (
                <Arm key={arm.key} v={v} step={one.step} arm={arm} Opens={Opens} />
              ))}
            </tbody>
          </table>
          <p className="note">{t('needs', { n: v.fewestInArm })}</p>
        </div>
        <div>
          {one.always && one.once && <Whiskers once={one.once} always={one.always} says={say(one.text)} />}
          <dl className="effect-means">
            <dt>{t('recordDays')}</dt>
            <dd>
              {one.means.treated !== undefined && one.means.held !== undefined && <span className="nowrap">{t('recordDaysSays', { treated: one.means.treated.toFixed(1), held: one.means.held.toFixed(1) })} · </span>}
              {say(one.means.text)}
            </dd>
          </dl>
        </div>
      </div>
      <DailyBand one={one} fewest={v.fewestInArm} />
    </section>
  )
}

function Arm({ v, step, arm, Opens }: { v: JourneyEffect; step: string; arm: EffectArm; Opens: Opens }) {
  const t = useWords()
  const say = useSay()
  const name = say(arm.name)
  const cell = (part: EffectAsk['part'], n: number, what: string) =>
    n === 0 ? <span>0</span> : <Opens text={count(n)} label={t('open', { what: `${name}，${what}`, n: count(n) })} of={part} ask={() => effectPeople(v, { part, step, arm: arm.key })} />
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{cell('exposed', arm.exposed, t('exposed'))}</td>
      <td>{cell('before', arm.before, t('before'))}</td>
      <td>{cell('waiting', arm.waiting, t('waiting'))}</td>
      <td>{cell('counted', arm.counted, t('counted'))}</td>
      <td>
        {arm.reached === undefined ? (
          <span className="unknown">{t('tooFewShown')}</span>
        ) : (
          <>
            {cell('goal', arm.reached, t('reachedGoal'))} <span className="note">{share(arm.reached, arm.counted)}</span>
          </>
        )}
      </td>
    </tr>
  )
}

/** Whiskers draw the difference with both its intervals against the line of no difference. */
function Whiskers({ once, always, says }: { once: Difference; always: Difference; says: string }) {
  const t = useWords()
  const [box, width] = useWidth<HTMLDivElement>(480)
  const low = Math.min(0, always.low, once.low)
  const high = Math.max(0, always.high, once.high)
  const pad = Math.max(1, (high - low) * 0.06)
  const left = 72
  const right = Math.max(left + 80, width - 150)
  const x = (value: number) => left + ((value - low + pad) / (high - low + 2 * pad)) * (right - left)
  const rows: { name: string; note: string; at: number; one: Difference; bold: boolean }[] = [
    { name: t('always'), note: t('alwaysNote'), at: 40, one: always, bold: true },
    { name: t('once'), note: t('onceNote'), at: 72, one: once, bold: false },
  ]
  return (
    <div ref={box}>
      <svg className="effect-chart" width={width} height={122} viewBox={`0 0 ${width} 122`} role="img" aria-label={says}>
        <text x={x(0)} y={14} textAnchor="middle">
          {t('zero')}
        </text>
        <line className="effect-zero" x1={x(0)} x2={x(0)} y1={20} y2={92} />
        {rows.map(({ name, note, at, one, bold }) => (
          <g key={name} className={bold ? 'effect-bold' : undefined}>
            <title>{note}</title>
            <text x={0} y={at + 4}>
              {name}
            </text>
            <line className="effect-whisker" x1={x(one.low)} x2={x(one.high)} y1={at} y2={at} />
            <line className="effect-whisker" x1={x(one.low)} x2={x(one.low)} y1={at - 5} y2={at + 5} />
            <line className="effect-whisker" x1={x(one.high)} x2={x(one.high)} y1={at - 5} y2={at + 5} />
            <circle cx={x(one.diff)} cy={at} r={bold ? 5 : 4} />
            <text x={right + 10} y={at + 4}>
              {signed(one.diff)} ({signed(one.low)}～{signed(one.high)})
            </text>
          </g>
        ))}
        {ticks(low - pad, high + pad).map((value) => (
          <text key={value} x={x(value)} y={104} textAnchor="middle">
            {value}
          </text>
        ))}
        <text x={(left + right) / 2} y={119} textAnchor="middle">
          {t('points')}
        </text>
      </svg>
    </div>
  )
}
