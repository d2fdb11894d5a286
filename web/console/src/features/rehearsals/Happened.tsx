import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import type { ClockMove } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useWords } from './strings'

const first = 15

/** Happened is what came about when the clock was last moved from this screen, each thing with its person. */
export function Happened() {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const [all, setAll] = useState(false)
  const { data: moved } = useQuery<ClockMove | null>({ queryKey: ['clock', 'moved'], queryFn: () => null, enabled: false, initialData: null, staleTime: Infinity })
  if (!moved) return null
  const h = moved.happened
  const counts = [
    h.alerts && t('alerts', { n: h.alerts }),
    h.sent && t('sent', { n: h.sent }),
    h.tasks && t('tasks', { n: h.tasks }),
    h.held && t('held', { n: h.held }),
    h.suppressed && t('suppressed', { n: h.suppressed }),
    h.gained + h.lost > 0 && t('tags', { gained: h.gained, lost: h.lost }),
  ].filter(Boolean)
  const at = (time: string) => formatAt(new Date(time), moment)
  const lines = all ? h.items : h.items.slice(0, first)
  return (
    <section className="panel spaces-box" aria-label={t('happened')} aria-live="polite">
      <div className="spaces-line">
        <h2>{t('happened')}</h2>
        <span className="note">{t('fromTo', { from: at(moved.before), to: at(moved.after) })}</span>
      </div>
      {counts.length === 0 && h.items.length === 0 ? <p className="note">{t('quiet')}</p> : <p>{counts.join(' · ')}</p>}
      <ul className="spaces-happened">
        {lines.map((one, i) => (
          <li key={i}>
            <time className="note nowrap" dateTime={one.at}>
              {at(one.at)}
            </time>
            <span>
              <Link to="/people/$id" params={{ id: one.person.id }}>
                {one.person.name}
              </Link>{' '}
              {say(one.text)}
            </span>
          </li>
        ))}
      </ul>
      {h.items.length > lines.length && (
        <Button type="link" className="spaces-more" onClick={() => setAll(true)}>
          {t('more', { n: h.items.length - lines.length })}
        </Button>
      )}
    </section>
  )
}
