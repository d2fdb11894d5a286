import { useState } from 'react'
import type { ClockMove } from '../../client/types'
import { useLanguage, useSay } from '../../ui/i18n'
import { formatAt } from '../../ui/time'
import { zone } from './Start'
import { useWords } from './strings'

type Happening = ClockMove['happened']['items'][number]

/** Which lines a count stands for. */
const kindsOf = {
  sent: ['message', 'card', 'sent'],
  tasks: ['task'],
  alerts: ['alert'],
  held: ['held'],
  suppressed: ['suppressed', 'dead'],
  tags: ['tag', 'gained', 'lost'],
} as const
type Count = keyof typeof kindsOf

const most = 12

/** Happened says what a move of the clock caused; every count opens its lines, every line its person and why. */
export function Happened({ move }: { move: ClockMove | undefined }) {
  const t = useWords()
  const language = useLanguage()
  const [only, setOnly] = useState<Count>()
  const [all, setAll] = useState(false)
  if (!move)
    return (
      <section className="card">
        <h2>{t('happened')}</h2>
        <p className="faint">{t('before')}</p>
      </section>
    )
  const { happened: h } = move
  const counts: [Count, number, string][] = [
    ['alerts', h.alerts, t('alerts', { n: h.alerts })],
    ['sent', h.sent, t('sent', { n: h.sent })],
    ['tasks', h.tasks, t('tasks', { n: h.tasks })],
    ['held', h.held, t('held', { n: h.held })],
    ['suppressed', h.suppressed, t('suppressed', { n: h.suppressed })],
    ['tags', h.gained + h.lost, t('tags', { gained: h.gained, lost: h.lost })],
  ]
  const some = counts.filter(([, n]) => n > 0)
  const now = new Date(move.after)
  const at = (time: string) => formatAt(new Date(time), { now, zone, language })
  const items = h.items ?? []
  const lines = only ? items.filter((item) => (kindsOf[only] as readonly string[]).includes(item.kind)) : items
  const shown = all ? lines : lines.slice(0, most)
  return (
    <section className="card" aria-live="polite">
      <h2>
        {t('happened')} <span className="faint">{t('fromTo', { from: at(move.before), to: at(move.after) })}</span>
      </h2>
      {some.length === 0 && items.length === 0 ? (
        <p className="faint">{t('quiet')}</p>
      ) : (
        <>
          <div className="counts">
            <button type="button" className="count" aria-pressed={!only} onClick={() => setOnly(undefined)}>
              {t('all')}
            </button>
            {some.map(([key, , text]) => (
              <button key={key} type="button" className="count" aria-pressed={only === key} onClick={() => setOnly(only === key ? undefined : key)}>
                {text}
              </button>
            ))}
          </div>
          <ul className="lines">
            {shown.map((item, i) => (
              <Line key={i} item={item} at={at(item.at)} />
            ))}
          </ul>
          {lines.length > shown.length && (
            <button type="button" className="link" onClick={() => setAll(true)}>
              {t('more', { n: lines.length - shown.length })}
            </button>
          )}
        </>
      )}
    </section>
  )
}

/** The word for each kind of line. */
const wordOf = {
  sent: 'k_message', message: 'k_message', card: 'k_card', held: 'k_held', suppressed: 'k_suppressed', dead: 'k_suppressed',
  task: 'k_task', alert: 'k_alert', tag: 'k_tag', gained: 'k_tag', lost: 'k_tag', stage: 'k_stage',
} as const

function Line({ item, at }: { item: Happening; at: string }) {
  const t = useWords()
  const say = useSay()
  const kind = wordOf[item.kind as keyof typeof wordOf] ?? 'k_other'
  const person = `/console/people/${encodeURIComponent(item.person.id)}`
  return (
    <li>
      <time className="faint nowrap" dateTime={item.at}>
        {at}
      </time>
      <span className={item.kind === 'alert' ? 'line-alert' : 'faint'}>{t(kind)}</span>
      <span>
        <a href={person}>{item.person.name}</a> {say(item.text)}
      </span>
      <a href={`${person}?${whereOf(item.kind)}`} aria-label={`${t('why')} ${item.person.name} ${say(item.text)}`}>
        {t('why')}
      </a>
    </li>
  )
}

/** The part of the person's page that answers why. */
function whereOf(kind: string): string {
  if (kind === 'task' || kind === 'alert') return 'tab=tasks'
  if (['sent', 'message', 'card', 'held', 'suppressed', 'dead'].includes(kind)) return 'tab=messages'
  return kind === 'stage' ? 'kind=stage' : 'kind=tag'
}
