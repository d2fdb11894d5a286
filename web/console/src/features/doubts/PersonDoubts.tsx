import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ErrorBox } from '../../../../ui/states'
import { doubtsOf } from './doubts'
import { Handling, What, When } from './One'
import { useWords } from './strings'
import './doubts.css'

/** PersonDoubts says above a person's readings which of them are in doubt, and why. Without any it takes no room. */
export function PersonDoubts({ id }: { id: string }) {
  const t = useWords()
  const doubts = useQuery(doubtsOf(id))
  const [all, setAll] = useState(false)
  if (doubts.error) return <ErrorBox error={doubts.error} onRetry={() => void doubts.refetch()} />
  if (!doubts.data || doubts.data.total === 0) return null
  const open = doubts.data.items.filter((one) => one.state === 'open')
  const past = doubts.data.items.filter((one) => one.state === 'cleared')
  return (
    <section className="panel person-doubts" aria-label={t('box')}>
      <div className="person-line">
        <h2>{t('box')}</h2>
        <div>
          {open.length > 0 ? <b>{t('late', { n: open.length })}</b> : <span className="unknown">{t('boxNone')}</span>}
          <ul className="doubt-list">
            {[...open, ...(all ? past : [])].map((doubt) => (
              <li key={doubt.id}>
                <What doubt={doubt} />
                <span className="nowrap">
                  <When doubt={doubt} />
                </span>
                <Handling doubt={doubt} whys={doubts.data.whys} />
              </li>
            ))}
          </ul>
          {past.length > 0 && (
            <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
              {all ? t('less') : t('more', { n: past.length })}
            </button>
          )}
        </div>
      </div>
    </section>
  )
}
