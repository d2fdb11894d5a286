import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { MyReadings, Reading } from '../../../../client/types'
import { limitText, shownDigits } from '../../../../ui/band'
import { GlucoseChart } from '../../../../ui/GlucoseChart'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { useLimits, type Limits } from '../../../../ui/limits'
import { Mark } from '../../../../ui/Mark'
import { useSlotName } from '../../../../ui/slots'
import { Empty, NotEnoughData } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt, formatLogDay } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { WhyPanel } from '../../../../ui/WhyPanel'
import { Page } from '../../parts/Page'
import { useMe, useMoment } from '../../session/Session'
import { mainSlot, ofSlot, sevenDays } from './mainSlot'
import type { Days } from './query'
import { useHistoryWords } from './strings'

/** A line needs three points; two would already look like a course. */
const enoughForLine = 3
const firstRows = 12

/** History says the week in words first, then in seven marks, then as a small line, then one by one. */
export function History({ data, days }: { data: MyReadings; days: Days }) {
  const t = useHistoryWords()
  const say = useSay()
  const slotName = useSlotName()
  const me = useMe()
  const moment = useMoment()
  const limits = useLimits()
  const slot = mainSlot(data.items)
  const readings = ofSlot(data.items, slot)
  const newest = newestFirst(data.items)
  const last = newestFirst(readings)[0]
  const range = last?.range ?? data.range

  if (data.items.length === 0) {
    return (
      <Page title={t('title')}>
        <DaysSwitch days={days} />
        <Empty
          title={t('noneYet')}
          action={
            <Link to="/record" className="main-button">
              {t('record')}
            </Link>
          }
        >
          {t('noneText')}
        </Empty>
        <Link to="/measures" className="row-link">
          {t('others')}
        </Link>
        <Link to="/visit" className="row-link">
          {t('visit')}
        </Link>
      </Page>
    )
  }

  const sentence = last
    ? t('chartWords', { days, slot: slotName(slot), n: readings.length, value: shownDigits(last, me.unit), unit: me.unit })
    : say(data.sentence)
  return (
    <Page title={t('title')}>
      <DaysSwitch days={days} />
      <p className="sentence">{say(data.sentence)}</p>
      {last && <SevenMarks readings={readings} slot={slotName(slot)} />}
      {readings.length >= enoughForLine ? (
        <section className="card">
          <GlucoseChart
            title={t('chart', { slot: slotName(slot), days })}
            sentence={sentence}
            readings={readings}
            from={new Date(moment.now.getTime() - days * 86_400_000)}
            to={moment.now}
            unit={me.unit}
            zone={me.zone}
            elder={me.elder}
            band={range}
          />
          {range && (range.low !== undefined || range.high !== undefined) && (me.unit === 'mmol/L' || limits) && (
            <p className="note">{t('chartBand', { range: rangeText(range, me.unit, moment.language, limits), unit: me.unit })}</p>
          )}
        </section>
      ) : (
        <p>
          <NotEnoughData have={readings.length} need={enoughForLine} />
        </p>
      )}
      {data.compare && (
        <section>
          <h2>{t('compare')}</h2>
          <p>{say(data.compare.text)}</p>
        </section>
      )}
      {data.next && (
        <section>
          <h2>{t('next')}</h2>
          <p>{say(data.next)}</p>
        </section>
      )}
      <Link to="/measures" className="row-link">
        {t('others')}
      </Link>
      <Link to="/visit" className="row-link">
        {t('visit')}
      </Link>
      <details className="card">
        <summary>{t('why')}</summary>
        <WhyPanel
          why={{
            kind: 'message',
            title: { zh: t('whyTitle'), en: t('whyTitle') },
            state: '',
            sentence: same(t('whySentence', { days, n: data.items.filter((r) => !r.retracted && !r.correctedBy).length })),
            because: same(t('whyRange')),
            evidence: newest.slice(0, 5).map((reading) => ({
              eventId: reading.id,
              type: 'glucose',
              at: reading.at,
              text: { zh: '', en: '' },
              reading,
            })),
            evidenceTotal: data.items.length,
          }}
          unit={me.unit}
          zone={me.zone}
          now={moment.now}
          elder={me.elder}
        />
      </details>
      <EachOne readings={newest} />
    </Page>
  )
}

const same = (text: string) => ({ zh: text, en: text })

const newestFirst = (readings: readonly Reading[]): Reading[] =>
  [...readings].sort((a, b) => Date.parse(b.at) - Date.parse(a.at))

function rangeText(
  range: { low?: number; high?: number },
  unit: Parameters<typeof limitText>[1],
  language: 'zh' | 'en',
  limits: Limits | undefined,
): string {
  const { low, high } = range
  if (low !== undefined && high !== undefined) {
    return `${limitText(low, unit, limits)}${language === 'zh' ? '~' : '–'}${limitText(high, unit, limits)}`
  }
  return high !== undefined ? `< ${limitText(high, unit, limits)}` : `≥ ${limitText(low ?? 0, unit, limits)}`
}

function DaysSwitch({ days }: { days: Days }) {
  const t = useHistoryWords()
  return (
    <nav className="chips" aria-label={t('days')}>
      {([7, 30] as const).map((n) => (
        <Link key={n} to="/glucose" search={{ days: n }} replace className="slot" data-on={n === days}>
          {t(n === 7 ? 'days7' : 'days30')}
        </Link>
      ))}
    </nav>
  )
}

function SevenMarks({ readings, slot }: { readings: readonly Reading[]; slot: string }) {
  const t = useHistoryWords()
  const ui = useUiWords()
  const language = useLanguage()
  const me = useMe()
  const { now } = useMoment()
  return (
    <section>
      <h2>{t('marks', { slot })}</h2>
      <ol className="seven">
        {sevenDays(readings, now, me.zone).map(({ date, reading }) => (
          <li key={date}>
            <span className="seven-day">{weekdayOf(formatLogDay(date, language))}</span>
            {reading ? (
              <>
                <Mark band={reading.band} />
                <span className="seven-digits">{shownDigits(reading, me.unit)}</span>
                <span className="visually-hidden">{ui(reading.band)}</span>
              </>
            ) : (
              <>
                <span className="seven-none" aria-hidden="true">
                  –
                </span>
                <span className="seven-digits seven-none">{t('none')}</span>
              </>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** weekdayOf takes 日 out of 3/8 周日, Sun out of Sun 8 Mar: seven columns have no room for more. */
const weekdayOf = (day: string): string => (day.includes('周') ? day.slice(-1) : day.slice(0, 3))

function EachOne({ readings }: { readings: readonly Reading[] }) {
  const t = useHistoryWords()
  const slotName = useSlotName()
  const me = useMe()
  const moment = useMoment()
  const [all, setAll] = useState(false)
  const shown = all ? readings : readings.slice(0, firstRows)
  return (
    <section>
      <h2>{t('list')}</h2>
      <ul className="readings">
        {shown.map((reading) => (
          <li key={reading.id}>
            <span>
              <span className="nowrap">{formatAt(new Date(reading.at), moment)}</span>{' '}
              <span className="soft nowrap">{slotName(reading.context)}</span>
            </span>
            <span className="reading-act">
              <Value reading={reading} unit={me.unit} showUnit={false} />
              {!reading.retracted && !reading.correctedBy && (
                <Link to="/record" search={{ fix: reading.id }} className="text-button">
                  {t('fix')}
                </Link>
              )}
            </span>
          </li>
        ))}
      </ul>
      {!all && readings.length > firstRows && (
        <button type="button" className="plain-button" onClick={() => setAll(true)}>
          {t('more', { n: readings.length - firstRows })}
        </button>
      )}
    </section>
  )
}
