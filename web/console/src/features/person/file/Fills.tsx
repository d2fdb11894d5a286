import type { FillRow } from '../../../../../client/file'
import { useSay } from '../../../../../ui/i18n'
import { useActs } from './acts'
import { Records, useDate } from './Entry'
import { useWords } from './sentences'

/** Fills is what was got from a pharmacy: supply, which is not yet taken. Nothing where nothing is on file. */
export function Fills({ fills }: { fills: readonly FillRow[] }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  const acts = useActs()
  // What nobody knows yet stands first: somebody is to say what it is.
  const open = (one: FillRow) => !one.known || one.days === undefined
  const stands = fills.filter((one) => one.entry.state === 'stands').sort((a, b) => Number(open(b)) - Number(open(a)))
  const gone = fills.filter((one) => one.entry.state !== 'stands')
  if (fills.length === 0) return null
  const row = (one: FillRow) => (
    <li key={one.entry.id} className="file-row">
      <div className="file-row-head">
        <span className="nowrap">{date(one.at)}</span>
        <b className="user-text">{say(one.name)}</b>
        {one.days !== undefined && one.until ? (
          <span>{t('fillDays', { n: one.days, at: date(one.until) })}</span>
        ) : (
          <>
            <span className="late">{t('fillOpen')}</span>
            {acts && one.entry.mayChange && (
              <button type="button" className="link" onClick={() => acts.correct(one.entry)}>
                {t('fillSay')}
              </button>
            )}
          </>
        )}
        {one.from?.zh && <span className="file-2">{say(one.from)}</span>}
        {!one.known && one.entry.state === 'stands' && (
          <>
            <span className="late">{t('unmapped')}</span>
            {acts?.map && (
              <button type="button" className="link" onClick={() => acts.map?.(one.entry)}>
                {t('map')}
              </button>
            )}
          </>
        )}
        {one.place && <span className="file-2 user-text">{one.place}</span>}
      </div>
      <Records entries={[one.entry]} />
    </li>
  )
  return (
    <section className="file-more" aria-label={t('fills')}>
      <h4>{t('fills')}</h4>
      <ul className="file-rows">{stands.slice(0, 5).map(row)}</ul>
      {stands.length + gone.length > 5 || gone.length > 0 ? (
        <details className="file-fold">
          <summary>{t('fillsMore', { n: Math.max(0, stands.length - 5) + gone.length })}</summary>
          <ul className="file-rows">{[...stands.slice(5), ...gone].map(row)}</ul>
        </details>
      ) : null}
    </section>
  )
}
