import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Popover } from 'antd'
import { useState } from 'react'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useWords } from './strings'
import { type Brief, briefQuery } from './work'

/** BriefPanel opens the day: what changed since the evening, by kind; each name opens the person. */
export function BriefPanel() {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const brief = useQuery(briefQuery)
  const [shown, setShown] = useState<string>()
  if (brief.error) return <ErrorBox error={brief.error} onRetry={() => void brief.refetch()} />
  if (!brief.data) return <section className="panel brief brief-wait" aria-busy="true" />
  const { data } = brief
  const part = data.changes.find((one) => one.key === shown)
  return (
    <section className="panel brief" aria-label={t('briefTitle')}>
      <div className="brief-line">
        <b>{t('briefSince', { at: formatAt(new Date(data.since), moment) })}</b>
        {data.changes.length === 0 && <span className="note">{t('briefNothing')}</span>}
        {data.changes.map((one) => (
          <button key={one.key} type="button" className={`chip${one.key === 'far' ? ' chip-safety' : ''}`} aria-expanded={shown === one.key} onClick={() => setShown(shown === one.key ? undefined : one.key)}>
            {say(one.text)} <b>{one.people}</b>
          </button>
        ))}
        <span className="brief-sum">{t('briefSum', { need: data.need, people: data.people })}</span>
      </div>
      {part && (
        <ul className="brief-items">
          {part.items.map((item) => (
            <li key={item.person.id + item.at}>
              <Link to="/people/$id" params={{ id: item.person.id }}>
                {item.person.name}
              </Link>{' '}
              {say(item.text)} <span className="note nowrap">{formatAt(new Date(item.at), moment)}</span>
            </li>
          ))}
          {part.people > part.items.length && <li className="note">{t('briefMore', { n: part.people - part.items.length })}</li>}
        </ul>
      )}
    </section>
  )
}

/** Rest ends the day: how many need nobody, who they are, and how that is known. Of whom nothing is known nobody says that they are fine. */
export function Rest() {
  const brief = useQuery(briefQuery)
  if (!brief.data || brief.data.people === 0) return null
  return <RestOf brief={brief.data} />
}

function RestOf({ brief }: { brief: Brief }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const link = (of: string, words: string) => (
    <Link to="/people" search={{ found: brief.found, of }}>
      {words}
    </Link>
  )
  return (
    <div className="rest" role="note">
      <p className="rest-fine">
        {brief.fine > 0 ? link('fine', t('restFine', { n: brief.fine })) : t('restNone')}{' '}
        <Popover
          trigger="click"
          title={t('restHow')}
          content={
            <div className="rest-rule">
              <p>{say(brief.rule)}</p>
              <p className="note">{t('asOf', { at: formatAt(new Date(brief.asOf), moment) })}</p>
            </div>
          }
        >
          <button type="button" className="link">
            {t('restHow')}
          </button>
        </Popover>
      </p>
      {brief.unknown > 0 && (
        <p className="rest-unknown">
          {link('unknown', t('restUnknown', { n: brief.unknown }))}
          {brief.checks.map((check) => (
            <span key={check.key}>
              {link(check.key, `${say(check.text)} ${check.people}`)}
            </span>
          ))}
        </p>
      )}
    </div>
  )
}
