import type { ReactNode } from 'react'
import type { LogDay } from '../../client/types'
import type { VisitLab, VisitMedicine, VisitPage } from '../../client/visit'
import { AgpChart, DayCurves, RangeBar } from '../AgpChart'
import { GlucoseLog } from '../GlucoseLog'
import { useLanguage, useSay } from '../i18n'
import { MeasureChart } from '../MeasureChart'
import { dateIn, formatClock, instantOf } from '../time'
import { Value } from '../Value'
import { useSheetWords } from './words'
import { printedUnit } from '../unit'

/** everyDay puts a row for each day of the span: on paper a day without a measurement is seen too. */
export function everyDay(days: readonly LogDay[], from: string, to: string, zone: string): LogDay[] {
  const known = new Map(days.map((one) => [one.date, one]))
  const all: LogDay[] = []
  for (let noon = instantOf(to, '12:00', zone).getTime(); ; noon -= 86_400_000) {
    const date = dateIn(new Date(noon), zone)
    if (date < from) return all
    all.push(known.get(date) ?? { date, slots: {} })
  }
}

/** short is 3/8: a sheet names its year once. */
export const short = (date: string): string => date.slice(5, 10).split('-').map(Number).join('/')

export function Block({ title, children, name }: { title: string; children: ReactNode; name: string }) {
  return (
    <section className={`a4-block a4-${name}`} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

/** Pattern is the glucose log of finger-stick readings, or the profile of a sensor where there is enough of it. */
export function Pattern({ page }: { page: VisitPage }) {
  const t = useSheetWords()
  const say = useSay()
  const { pattern, zone } = page
  const to = dateIn(new Date(page.at), zone)
  if (!page.glucose) return null
  return (
    <Block name="pattern" title={t('pattern')}>
      <p className="a4-says">{say(pattern.sentence)}</p>
      {pattern.shape === 'log' && (
        <>
          <GlucoseLog days={everyDay(page.log, page.from, to, zone)} unit="mmol/L" zone={zone} caption={t('pattern')} />
          <ul className="a4-slots">
            {pattern.slots.map((one) => (
              <li key={one.context}>
                <b>{say(one.name)}</b>{' '}
                {one.mean === undefined ? t('few', { n: one.n }) : `${t('mean', { n: one.mean.toFixed(1) })} · ${t('slotIn', { n: one.inTarget.n, of: one.inTarget.of })}`}
              </li>
            ))}
          </ul>
        </>
      )}
      {pattern.agp && (
        <div className="a4-agp">
          {pattern.agp.levels.length > 0 && <RangeBar curves={pattern.agp} />}
          {pattern.agp.hours.length > 0 && <AgpChart curves={pattern.agp} days={page.days} />}
          <DayCurves curves={pattern.agp} />
        </div>
      )}
    </Block>
  )
}

/** Measures are the other things that are measured: the sentence, the figures, and the course where there is one. On paper charts go out before the type grows too small. */
export function Measures({ page, paper = false }: { page: VisitPage; paper?: boolean }) {
  const t = useSheetWords()
  const say = useSay()
  const to = new Date(page.at)
  const from = instantOf(page.from, '00:00', page.zone)
  const small = paper && (page.glucose || page.measures.length > 2)
  const all = page.measures.map((one) => (
    <Block key={one.key} name="measure" title={titleOf(t, say(one.name), one.unit)}>
      <p className="a4-says">{say(one.sentence)}</p>
      {one.rows.length > 0 && (
        <ul className="a4-slots">
          {one.rows.map((row) => (
            <li key={row.key}>
              {say(row.name)} <b className="nowrap">{say(row.text)}</b>
              {row.key !== 'latest' && row.key !== 'before' && <span className="a4-2"> n={row.n}</span>}
            </li>
          ))}
        </ul>
      )}
      {one.points.length > 2 && (
        <div className="a4-drawn">
          <MeasureChart measured={one} from={from} to={to} zone={page.zone} height={paper ? (small ? 76 : 96) : 150} paper={paper} />
        </div>
      )}
    </Block>
  ))
  return small ? <div className="a4-measures">{all}</div> : all
}

const titleOf = (t: ReturnType<typeof useSheetWords>, name: string, unit: string): string => (unit ? t('measureOf', { name, unit: printedUnit(unit) }) : name)

/** Trends are what is measured a few times a year: a value a visit, over two years. */
export function Trends({ page, paper = false }: { page: VisitPage; paper?: boolean }) {
  const t = useSheetWords()
  const say = useSay()
  if (page.trends.length === 0) return null
  const to = new Date(page.at)
  const all = page.trends.map((one) => (
    <Block key={one.key} name="measure" title={titleOf(t, say(one.name), one.unit)}>
      <p className="a4-says">{say(one.sentence)}</p>
      <div className="a4-drawn">
        <MeasureChart measured={one} from={new Date(one.points[0]?.at ?? page.at)} to={to} zone={page.zone} height={paper ? 76 : 150} paper={paper} gapDays={trendGap} />
      </div>
    </Block>
  ))
  return <div className={paper ? 'a4-measures a4-trends' : 'a4-trends'}>{all}</div>
}

/** Yearly values are still one course. */
const trendGap = 400

/** Facts are a clinical stage, the newest image and what the hip may bear, each with its day. */
export function FactList({ page }: { page: VisitPage }) {
  const t = useSheetWords()
  const say = useSay()
  if (page.facts.length === 0) return null
  return (
    <Block name="facts" title={t('facts')}>
      <ul>
        {page.facts.map((one) => (
          <li key={`${one.key} ${say(one.name)}`}>
            {say(one.name)} {one.known ? <b className="user-text">{say(one.text)}</b> : <span className="a4-2">{say(one.text)}</span>}
            {one.at && <span className="a4-2 nowrap"> {dateIn(new Date(one.at), page.zone)}</span>}
          </li>
        ))}
      </ul>
    </Block>
  )
}

export function Lows({ page, most = 4 }: { page: VisitPage; most?: number }) {
  const t = useSheetWords()
  const say = useSay()
  const language = useLanguage()
  const rest = page.lows.length - most
  if (!page.glucose) return null
  return (
    <Block name="lows" title={page.lows.length > 0 ? `${t('lows')} · ${page.lows.length}` : t('lows')}>
      {page.lows.length === 0 && <p>{page.pattern.shape === 'none' ? t('noData') : t('noLows', { n: page.days })}</p>}
      <ul>
        {page.lows.slice(0, most).map((one) => (
          <li key={one.at}>
            <span className="nowrap">
              {short(dateIn(new Date(one.at), page.zone))} {formatClock(new Date(one.at), { zone: page.zone, language })}
            </span>{' '}
            <Value reading={one.reading} unit="mmol/L" size="cell" /> {one.night ? t('night') : say(one.context)} · {say(one.treated)}
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="a4-more">{t('moreLows', { n: rest })}</p>}
    </Block>
  )
}

export function Medicines({ page, most = 8 }: { page: VisitPage; most?: number }) {
  const t = useSheetWords()
  const rest = page.medicines.length - most
  return (
    <Block name="medicines" title={t('medicines')}>
      {page.medicines.length === 0 && <p>{t('noMedicines')}</p>}
      <ul>
        {page.medicines.slice(0, most).map((one) => (
          <Medicine key={one.key} medicine={one} zone={page.zone} />
        ))}
      </ul>
      {rest > 0 && <p className="a4-more">{t('moreMedicines', { n: rest })}</p>}
    </Block>
  )
}

function Medicine({ medicine, zone }: { medicine: VisitMedicine; zone: string }) {
  const t = useSheetWords()
  const say = useSay()
  const since = medicine.since && dateIn(new Date(medicine.since), zone)
  return (
    <li>
      <b className="user-text">{say(medicine.name)}</b> <span className="user-text">{say(medicine.dose)}</span>
      {medicine.new && <span className="a4-new">{t('isNew')}</span>}
      {since && <span className="a4-2 nowrap"> {t('since', { at: medicine.new ? short(since) : since.slice(0, 7) })}</span>}
      <span className="a4-2 a4-record">{say(medicine.record)}</span>
    </li>
  )
}

export function Labs({ page, most = 6 }: { page: VisitPage; most?: number }) {
  const t = useSheetWords()
  const rest = page.labs.length - most
  return (
    <Block name="labs" title={t('labs')}>
      {page.labs.length === 0 && <p>{t('noLabs')}</p>}
      <ul>
        {page.labs.slice(0, most).map((one) => (
          <Lab key={one.test} lab={one} zone={page.zone} />
        ))}
      </ul>
      {rest > 0 && <p className="a4-more">{t('moreLabs', { n: rest })}</p>}
    </Block>
  )
}

function Lab({ lab, zone }: { lab: VisitLab; zone: string }) {
  const t = useSheetWords()
  const say = useSay()
  const { latest, previous, decimals, change } = lab
  const by = change === undefined ? 0 : Number(change.toFixed(decimals))
  const way = by === 0 ? t('steady') : t(by > 0 ? 'up' : 'down', { n: Math.abs(by).toFixed(decimals) })
  return (
    <li>
      {say(lab.name)}{' '}
      <b className="nowrap">
        {latest.value.toFixed(decimals)}
        {lab.unit === '%' ? '' : ' '}
        {printedUnit(lab.unit)}
      </b>
      {(latest.flag === 'high' || latest.flag === 'low') && <span className="a4-flag"> {t(latest.flag)}</span>}
      <span className="a4-2">
        {' '}
        {short(dateIn(new Date(latest.at), zone))} · {previous && change !== undefined ? t('change', { from: previous.value.toFixed(decimals), way }) : t('firstOne')}
        {lab.target !== undefined && ` · ${t('target', { n: lab.target.toFixed(1) })}`}
      </span>
    </li>
  )
}

export function Questions({ page, most = 5, lines = false }: { page: VisitPage; most?: number; lines?: boolean }) {
  const t = useSheetWords()
  const rest = page.questions.length - most
  return (
    <Block name="questions" title={t('questions')}>
      {page.questions.length === 0 && <p className="a4-2">{t('noQuestions')}</p>}
      <ol>
        {page.questions.slice(0, most).map((one) => (
          <li key={one.id}>
            <span className="user-text">{one.text}</span>
            {lines && <span className="a4-line" aria-hidden="true" />}
          </li>
        ))}
      </ol>
      {rest > 0 && <p className="a4-more">{t('moreQuestions', { n: rest })}</p>}
    </Block>
  )
}

/** Who is the head: whom the page is about, what they have, and what they aim at. */
export function Who({ page }: { page: VisitPage }) {
  const t = useSheetWords()
  const say = useSay()
  const language = useLanguage()
  const { who } = page
  const gender = who.gender === 'male' ? t('male') : who.gender === 'female' ? t('female') : ''
  const comma = language === 'zh' ? '、' : ', '
  const rangeOf = ({ low, high, open }: { low?: number; high?: number; open?: boolean }) =>
    low !== undefined && low > 0 && high ? t('range', { low: low.toFixed(1), high: high.toFixed(1) }) : high ? `${open ? '<' : '≤'}${high.toFixed(1)}` : `≥${(low ?? 0).toFixed(1)}`
  const targets = page.glucose ? page.targets.map((one) => `${say(one.name)} ${rangeOf(one)}`) : []
  const others = page.measures.flatMap(({ key, name, limit, unit: of }) => (limit ? [{ key: key.split(':')[0], text: `${(key.startsWith('pain') ? t('pain') : say(name))} ${say(limit)} ${of}` }] : []))
  const limits = others.filter((one, i) => others.findIndex(({ key }) => key === one.key) === i)
  return (
    <header className="a4-head">
      <h1>
        {t('title')} · <span className="user-text">{who.name}</span> {who.age !== undefined && t('age', { n: who.age })} {gender}
      </h1>
      <p className="a4-span">
        {t('span', { from: page.from, to: dateIn(new Date(page.at), page.zone), n: page.days })}
        {who.owner && <span className="user-text"> · {t('owner', { name: who.owner })}</span>}
      </p>
      <p>
        {who.diagnoses.length > 0 && (
          <>
            <b>{t('diagnoses')}</b> <span className="user-text">{who.diagnoses.map(say).join(comma)}</span>
            {'　'}
          </>
        )}
        <b>{t('allergies')}</b> <span className="user-text">{who.allergies.length > 0 ? who.allergies.map(say).join(comma) : t('noAllergies')}</span>
      </p>
      <p>
        <b>{t('targets')}</b> {targets.length > 0 && `${targets.join(' · ')} ${t('unit')}`}
        {page.glucose && page.hba1cHigh ? ` · ${t('a1c', { n: page.hba1cHigh.toFixed(1) })}` : ''}
        {limits.map((one, i) => `${i > 0 || targets.length > 0 ? ' · ' : ''}${one.text}`)}
        {page.plan && (
          <>
            {'　'}
            <b>{t('plan')}</b> <span className="user-text">{say(page.plan)}</span>
          </>
        )}
      </p>
    </header>
  )
}
