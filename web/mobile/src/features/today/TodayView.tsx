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
  const doing = main.kind === 'done' || main.kind === 'consent' ? say(main.title) : t('now', { what: say(main.title) })
  const because = main.because ? say(main.because) : ''
  const weekText = main.kind === 'consent' ? '' : weekSentence(today, t)
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
          <Link to="/me" className="plain-button">
            {t('agree')}
          </Link>
        ) : (
          <Link
            to="/record"
            search={main.context ? { context: main.context } : {}}
            className={main.kind === 'done' ? 'plain-button' : 'main-button'}
          >
            {main.kind === 'done' ? t('recordMore') : t('record')}
          </Link>
        )}
        {main.kind === 'card' && (
          <Link to="/record" className="plain-button">
            {t('record')}
          </Link>
        )}
      </section>

      {unread > 0 && (
        <Link to="/messages" className="row-link">
          <Icon name="messages" />
          {t('messages', { n: unread })}
        </Link>
      )}

      {(today.forms ?? 0) > 0 && (
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
