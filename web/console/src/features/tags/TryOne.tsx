import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { DatePicker, Select } from 'antd'
import dayjs from 'dayjs'
import { useMemo, useState } from 'react'
import type { RuleTry } from '../../../../client/rules'
import { GlucoseChart } from '../../../../ui/GlucoseChart'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { dateIn, formatAt, instantOf } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { unit, useMoment } from '../../layout/now'
import { useSettled } from './RuleField'
import { useWords } from './strings'
import { type Asked, findPeople, hasQuestion, readingsOf, tryQuery } from './tags'

/** TryOne asks a rule of one person, now or at the end of a day, and shows the records it rests on. */
export function TryOne({ asked }: { asked: Asked }) {
  const t = useWords()
  const { now, zone } = useMoment()
  const [person, setPerson] = useState<{ value: string; label: string }>()
  const [text, setText] = useState('')
  const [on, setOn] = useState<string>()
  const q = useSettled(text, 200)
  const found = useQuery(findPeople(q))
  const fresh = q === text && found.data !== undefined && !found.isPlaceholderData
  const settled = useSettled(JSON.stringify(asked), 400)
  const rule = useMemo(() => JSON.parse(settled) as Asked, [settled])
  const at = on ? new Date(instantOf(on, '23:59', zone).getTime() + 59_999).toISOString() : undefined
  const tried = useQuery(tryQuery(rule, person?.value, at))
  return (
    <div className="try">
      <div className="row">
        <Select
          labelInValue
          showSearch={{ filterOption: false, onSearch: setText }}
          className="try-person"
          aria-label={t('tryWho')}
          placeholder={t('tryWho')}
          value={person ?? null}
          loading={found.isFetching}
          notFoundContent={t(fresh ? 'nobodyFound' : 'looking')}
          onChange={(next: { value: string; label: React.ReactNode } | null) => setPerson(next ? { value: next.value, label: String(next.label) } : undefined)}
          // Names of an older search would be taken for the answer to this one.
          options={(fresh ? found.data?.items : undefined)?.map((row) => ({ value: row.id, label: [row.name, row.last4 && t('tail', { n: row.last4 })].filter(Boolean).join(' ') }))}
        />
        <label className="try-day">
          {t('asOfDay')}{' '}
          <DatePicker
            value={on ? dayjs(on) : null}
            placeholder={t('today')}
            allowClear
            maxDate={dayjs(dateIn(now, zone))}
            onChange={(date) => setOn(date && date.format('YYYY-MM-DD') !== dateIn(now, zone) ? date.format('YYYY-MM-DD') : undefined)}
          />
        </label>
      </div>
      {!person ? (
        <p className="note">{t('tryHint')}</p>
      ) : !hasQuestion(asked) ? (
        <p className="note">{t('ruleFirst')}</p>
      ) : tried.error ? (
        <ErrorBox error={tried.error} onRetry={() => void tried.refetch()} />
      ) : tried.data ? (
        <Answer tried={tried.data} person={person.value} />
      ) : (
        <Skeleton lines={4} />
      )}
    </div>
  )
}

const day = 86_400_000

function Answer({ tried, person }: { tried: RuleTry; person: string }) {
  const t = useWords()
  const ui = useUiWords()
  const say = useSay()
  const moment = useMoment()
  const when = (time: string) => formatAt(new Date(time), moment)
  const shown = tried.evidence.length
  const sugar = tried.evidence.some((one) => one.reading)
  return (
    <div className="try-answer">
      <p>
        <b className={tried.state === 'has' ? 'answer answer-has' : 'answer'}>{tried.codeName ? t('codeIs', { name: say(tried.codeName) }) : ui(tried.state)}</b>
        {tried.value !== undefined && (
          <span className="nowrap">
            {' '}
            {t('valueIs', { value: Number(tried.value.toFixed(2)) })} {tried.unit}
          </span>
        )}{' '}
        <Link to="/people/$id" params={{ id: person }}>
          {t('openPerson')}
        </Link>
      </p>
      {tried.state === 'unknown' && <p className="note">{t('unknownHint')}</p>}
      {sugar && <Marked tried={tried} person={person} />}
      <h3>
        {ui('evidence')}{' '}
        <span className="note">
          {tried.evidenceTotal > shown ? ui('evidenceFirst', { n: tried.evidenceTotal, shown }) : tried.evidenceTotal > 0 ? ui('evidenceTotal', { n: tried.evidenceTotal }) : ui('noEvidence')}
        </span>
      </h3>
      <ul className="evidence" tabIndex={0} aria-label={ui('evidence')}>
        {tried.evidence.map((one) => (
          <li key={one.eventId}>
            <span className="note nowrap">{when(one.at)}</span>
            {one.reading ? <Value reading={one.reading} unit={unit} /> : <span>{say(one.text)}</span>}
          </li>
        ))}
      </ul>
      <p className="note">{tried.nextChange ? ui('nextChange', { time: when(tried.nextChange) }) : ui('noNextChange')}</p>
    </div>
  )
}

/** The whole course around the evidence, with what the answer rests on ringed: what was left out is seen too. */
function Marked({ tried, person }: { tried: RuleTry; person: string }) {
  const t = useWords()
  const { zone } = useMoment()
  const marked = useMemo(() => new Set(tried.evidence.flatMap((one) => (one.reading ? [one.reading.id, one.eventId] : []))), [tried])
  const to = new Date(tried.at)
  const oldest = Math.min(...tried.evidence.filter((one) => one.reading).map((one) => Date.parse(one.at)))
  const from = new Date(Math.max(Math.min(oldest - 2 * day, to.getTime() - 14 * day), to.getTime() - 400 * day))
  const readings = useQuery(readingsOf(person, from.toISOString(), to.toISOString(), tried.at))
  if (readings.error) return <ErrorBox error={readings.error} onRetry={() => void readings.refetch()} />
  if (!readings.data) return <Skeleton lines={4} />
  const n = readings.data.items.filter((one) => marked.has(one.id)).length
  return (
    <GlucoseChart
      title={t('markedTitle')}
      sentence={t('markedSentence', { n, of: readings.data.items.length })}
      readings={readings.data.items}
      marked={marked}
      from={from}
      to={to}
      unit={unit}
      zone={zone}
      height={190}
    />
  )
}
