import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import type { Source, SourceKey } from '../../../../client/sources'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { Download } from '../../layout/Download'
import { useNow } from '../../layout/now'
import { useSession } from '../session/session'
import { DataFrame } from './DataFrame'
import { count, hoursSince, sourcesQuery, useMachineAt } from './data'
import { KeyModal } from './KeyModal'
import { SourceDrawer } from './SourceDrawer'
import { SourceForm } from './SourceForm'
import { useWords } from './strings'

/** Sources is who sends data, how it goes, and letting another one in. */
export function Sources({ open, onOpen }: { open?: number; onOpen: (number: number | undefined) => void }) {
  const t = useWords()
  const say = useSay()
  const sources = useQuery(sourcesQuery)
  const { can } = useSession()
  const [adding, setAdding] = useState(false)
  const [fresh, setFresh] = useState<SourceKey>()
  const all = sources.data
  const opened = all?.items.find(({ number }) => number === open)
  const add = all?.mayManage ? (
    <Button type="primary" onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  ) : undefined
  return (
    <DataFrame
      aside={
        all && all.items.length > 0 ? (
          <>
            {can.includes('people.export') && <Download href="/api/sources.csv" label={t('file')} />} {add}
          </>
        ) : undefined
      }
    >
      {all && (
        <p className="note">
          {t('lead')} {t('forgets', { text: say(all.dedupeText) })}
        </p>
      )}
      <section className="panel data-scroll" aria-label={t('sources')}>
        {sources.error && !all ? (
          <ErrorBox error={sources.error} onRetry={() => void sources.refetch()} />
        ) : !all ? (
          <Skeleton lines={8} />
        ) : all.items.length === 0 ? (
          <Empty title={t('none')} action={add}>
            {t(all.mayManage ? 'noneBody' : 'noneView')}
          </Empty>
        ) : (
          <table className="data-table">
            <thead>
              <tr>
                {(['h_name', 'h_key', 'h_hours', 'h_day', 'h_last', 'h_open'] as const).map((head) => (
                  <th key={head} scope="col">
                    {t(head)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {all.items.map((source) => (
                <Row key={source.number} source={source} onOpen={() => onOpen(source.number)} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      {adding && all && <SourceForm all={all} onClose={() => setAdding(false)} onMade={setFresh} />}
      {opened && all && <SourceDrawer key={opened.number} source={opened} all={all} onClose={() => onOpen(undefined)} onKey={setFresh} />}
      {fresh && all && <KeyModal fresh={fresh} address={all.address} onClose={() => setFresh(undefined)} />}
    </DataFrame>
  )
}

function Row({ source, onOpen }: { source: Source; onOpen: () => void }) {
  const t = useWords()
  const say = useSay()
  return (
    <tr>
      <th scope="row">
        <button type="button" className="link" onClick={onOpen} aria-label={t('openSource', { name: source.name })}>
          {source.name}
        </button>
        <p className="note">{say(source.kindText)}</p>
      </th>
      <td>
        <KeyState source={source} />
      </td>
      <td>
        <Hours hours={source.hours} />
      </td>
      <td>
        <Day source={source} />
      </td>
      <td>
        <Last source={source} />
      </td>
      <td className="nowrap">
        {source.open > 0 ? (
          <Link to="/data/refused" search={{ source: source.number }} aria-label={t('openOf', { name: source.name, n: count(source.open) })}>
            {t('openN', { n: count(source.open) })}
          </Link>
        ) : (
          <span className="unknown">–</span>
        )}
      </td>
    </tr>
  )
}

/** KeyState is whether the source may send. */
export function KeyState({ source }: { source: Source }) {
  const t = useWords()
  const machine = useMachineAt()
  if (source.disabled) return <b className="data-off">{t('off')}</b>
  if (!source.keyed) return <span className="unknown">{t('keyNone')}</span>
  return (
    <>
      {t('keyGood')}
      {source.oldUntil && <p className="note">{t('keyOld', { at: machine(source.oldUntil) })}</p>}
    </>
  )
}

/** Hours is what was taken in each of the last 24 hours, small, on a scale of its own. */
function Hours({ hours }: { hours: readonly number[] }) {
  const t = useWords()
  const top = Math.max(...hours)
  const says = top > 0 ? t('bars', { n: count(hours.reduce((sum, n) => sum + n, 0)), top: count(top) }) : t('barsNone')
  return (
    <svg className="data-hours" width="144" height="30" viewBox="0 0 144 30" role="img" aria-label={says}>
      <title>{says}</title>
      <line x1="0" x2="144" y1="29.5" y2="29.5" />
      {hours.map((n, i) => {
        // One event among thousands is seen too.
        const height = n > 0 ? Math.max(2, (n / top) * 28) : 0
        return <rect key={i} x={i * 6} width={5} y={29 - height} height={height} />
      })}
    </svg>
  )
}

/** Day is the last 24 hours in words; what did not happen is left out, but for what was taken. */
export function Day({ source: { day } }: { source: Source }) {
  const t = useWords()
  const others = [
    [day.repeated, 'repeated'],
    [day.refused, 'refusedN'],
    [day.kept, 'keptN'],
    [day.ignored, 'ignoredN'],
    [day.putOff, 'putOff'],
  ] as const
  return (
    <>
      <b className="nowrap">{t('took', { n: count(day.stored) })}</b>
      <p className="note data-others">
        {others.map(([n, word]) => n > 0 && <span key={word} className={word === 'refusedN' || word === 'putOff' ? 'data-bad' : undefined}>{t(word, { n: count(n) })}</span>)}
      </p>
    </>
  )
}

/** How long a source that may send is quiet before that is said, hours. */
const quietAfter = 24

/** Last is when something came, by the hour; a sender that has fallen silent is told so. */
function Last({ source }: { source: Source }) {
  const t = useWords()
  const now = useNow() // what came is counted by the workspace's clock
  if (!source.last) return <span className="unknown nowrap">{t('never')}</span>
  const hours = hoursSince(source.last, now)
  const days = Math.floor(hours / 24)
  if (hours >= quietAfter && source.keyed && !source.disabled) return <span className="data-quiet nowrap">{t(days > 1 ? 'quietDays' : 'quiet', { n: days > 1 ? days : hours })}</span>
  return <span className="nowrap">{hours === 0 ? t('lastHour') : hours < 48 ? t('lastHours', { n: hours }) : t('lastDays', { n: days })}</span>
}
