import { Link } from '@tanstack/react-router'
import type { Today } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { useSlotName } from '../../../../ui/slots'
import { formatAt } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { Icon } from '../../parts/Icon'
import { Page } from '../../parts/Page'
import { useMe, useMoment } from '../../session/Session'
import { useTodayWords } from './strings'
import { useSpeech } from './useSpeech'

/** TodayView answers three things: what do I do now, is it all right, how do I reach a human. */
export function TodayView({ today, onElder }: { today: Today; onElder: (elder: boolean) => void }) {
  const t = useTodayWords()
  const say = useSay()
  const me = useMe()
  const moment = useMoment()
  const slotName = useSlotName()
  const speech = useSpeech(moment.language)
  const { main, next, last, unread } = today
  const usual = me.measures ? (me.measures[0] ?? '') : 'glucose' // somebody remembered from before there was a choice
  const doing = main.kind === 'done' || main.kind === 'consent' || (me.measures?.length === 0 && main.kind !== 'card' && main.kind !== 'form') ? say(main.title) : t('now', { what: say(main.title) })
  const because = main.because ? say(main.because) : ''
  const weekText = main.kind === 'consent' || me.measures?.length === 0 ? '' : weekSentence(today, t)
  return (
    <Page title={say(today.greeting)}>
      <div className="quick">
        <button type="button" className="pill" aria-pressed={me.elder} onClick={() => onElder(!me.elder)}>
          {me.elder ? t('standard') : t('elder')}
        </button>
        {speech && (
          <button
            type="button"
            className="pill"
            onClick={() => speech.toggle([say(today.greeting), doing, because, weekText].filter(Boolean).join('。'))}
          >
            <Icon name="sound" />
            {speech.speaking ? t('stop') : t('listen')}
          </button>
        )}
      </div>

      <section className="card now">
        <h2>{doing}</h2>
        {because && <p className="soft">{because}</p>}
        {main.kind === 'card' && today.card ? (
          <Link to="/messages/$id" params={{ id: today.card.id }} className="main-button">
            {t('open')}
          </Link>
        ) : main.kind === 'consent' ? (
          <Link to="/consents" className="plain-button">
            {t('agree')}
          </Link>
        ) : main.kind === 'form' ? (
          <Link to="/forms" className="main-button">
            {t('open')}
          </Link>
        ) : (
          <RecordLink measure={main.measure ?? usual} context={main.context} main={main.kind === 'record'} />
        )}
        {(main.kind === 'card' || main.kind === 'form') && <RecordLink measure={usual} />}
      </section>

      {unread > 0 && (
        <Link to="/messages" className="row-link">
          <Icon name="messages" />
          {t('messages', { n: unread })}
        </Link>
      )}

      {main.kind !== 'form' && (today.forms ?? 0) > 0 && (
        <Link to="/forms" className="row-link">
          <Icon name="form" />
          {t('forms', { n: today.forms ?? 0 })}
        </Link>
      )}

      {weekText && <p className="week">{weekText}</p>}
      {last && (
        <p className="last">
          <span className="soft">
            {t('last')} · {last.context && `${slotName(last.context)} · `}
            <span className="nowrap">{formatAt(new Date(last.at), moment)}</span>
          </span>
          <Value reading={last} unit={me.unit} />
        </p>
      )}
      {today.lastOther && (
        <p className="last">
          <span className="soft">
            {t('last')} · <span className="nowrap">{formatAt(new Date(today.lastOther.at), moment)}</span>
          </span>
          <b>{say(today.lastOther.text)}</b>
        </p>
      )}
      {next.length > 0 && (
        <section className="then">
          <h2>{t('then')}</h2>
          <ul>
            {next.map((item, i) => (
              <li key={i}>{say(item.text)}</li>
            ))}
          </ul>
        </section>
      )}
    </Page>
  )
}

/** RecordLink leads to the form of what is measured: glucose has its keypad, the rest one page. */
function RecordLink({ measure, context, main = false }: { measure: string; context?: string; main?: boolean }) {
  const t = useTodayWords()
  const className = main ? 'main-button' : 'plain-button'
  if (measure === 'glucose') {
    return (
      <Link to="/record" search={context ? { context } : {}} className={className}>
        {t(main ? 'record' : 'recordMore')}
      </Link>
    )
  }
  return (
    <Link to="/measure" search={measure ? { type: measure } : {}} className={className}>
      {t(main ? 'recordOther' : measure ? 'recordMore' : 'recordAny')}
    </Link>
  )
}

/** weekSentence says "4 of 5" in plain words; without data it says so, never 0 or a share. */
function weekSentence({ week }: Pick<Today, 'week'>, t: ReturnType<typeof useTodayWords>): string {
  const { count, plan, inTarget } = week
  if (count === 0) return t('weekNone') + (plan ? t('weekPlan', { plan }) : '')
  if (inTarget && inTarget.of > 0) {
    return inTarget.n === inTarget.of && inTarget.of === count
      ? t('weekAll', { count })
      : t('weekSome', { count, n: inTarget.n })
  }
  return t('weekCount', { count }) + (plan ? t('weekPlan', { plan }) : '')
}
