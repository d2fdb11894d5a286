import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Task } from '../../../../client/types'
import { Body } from '../../../../ui/Body'
import { GlucoseChart } from '../../../../ui/GlucoseChart'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { Facts } from '../../layout/Facts'
import { unit, useMoment } from '../../layout/now'
import { personQuery, readingsQuery, runsQuery } from './person'
import { LastContact, Runs, Targets } from './pieces'
import { useSpan } from './span'
import { useWords } from './strings'
import './person.css'

/** QuickView is the picture before a contact: who, targets, two weeks, last contact, what one may say. */
export function QuickView({ id, script }: { id: string; script?: Task['script'] }) {
  const steady = useSettled(id, 120)
  return <View key={steady} id={steady} script={steady === id ? script : undefined} />
}

/** Running down the list with J must not ask the server for each row passed. */
function useSettled(id: string, ms: number): string {
  const [settled, set] = useState(id)
  useEffect(() => {
    if (settled === id) return
    const timer = setTimeout(() => set(id), ms)
    return () => clearTimeout(timer)
  }, [id, settled, ms])
  return settled
}

function View({ id, script }: { id: string; script?: Task['script'] }) {
  const t = useWords()
  const say = useSay()
  const { zone } = useMoment()
  const { from, to } = useSpan(14)
  const person = useQuery(personQuery(id))
  const readings = useQuery(readingsQuery(id, from.toISOString(), to.toISOString()))
  const runs = useQuery(runsQuery(id))
  if (person.error) return <ErrorBox error={person.error} onRetry={() => void person.refetch()} />
  if (!person.data) return <Skeleton lines={10} />
  const p = person.data
  const items = readings.data?.items
  return (
    <div className="quick">
      <div className="quick-head">
        <Facts person={p} tail />
        <Link to="/people/$id" params={{ id }}>
          {t('fullPage')}
        </Link>
      </div>
      <section>
        <h2>{t('targets')}</h2>
        {p.programmes.length > 1 ? p.programmes.map(({ key, targets }) => targets && <Targets key={key} targets={targets} />) : <Targets targets={p.targets} />}
      </section>
      <section>
        <h2>
          {t('sugar14')} <span className="note">{p.plan && t('planned', { n: p.plan.perWeek })}</span>
        </h2>
        {readings.error ? (
          <ErrorBox error={readings.error} onRetry={() => void readings.refetch()} />
        ) : !items ? (
          <Skeleton lines={3} />
        ) : items.length === 0 ? (
          <p className="unknown">{t('noReadings14')}</p>
        ) : (
          <>
            <p>
              {items.length < 4 ? (
                <span className="unknown">{t('few', { n: items.length })}</span>
              ) : (
                readings.data?.stats?.inTarget && t('share', { n: readings.data.stats.inTarget.n, of: readings.data.stats.inTarget.of })
              )}
            </p>
            <GlucoseChart
              title={t('sugar14')}
              sentence={t('chartSentence', { n: 14, count: items.length, in: items.filter((r) => r.band === 'in_target').length })}
              readings={items}
              from={from}
              to={to}
              unit={unit}
              zone={zone}
              height={130}
              hideTitle
            />
          </>
        )}
      </section>
      <section>
        <h2>{t('lastContact')}</h2>
        <p>
          <LastContact contact={p.lastContact} />
        </p>
      </section>
      <section>
        <h2>{t('scripts')}</h2>
        {script ? (
          <details className="script" open>
            <summary>{say(script.title)}</summary>
            <div className="script-body">
              <Body text={say(script.body)} />
            </div>
          </details>
        ) : (
          <p className="unknown">{t('noScript')}</p>
        )}
      </section>
      <section>
        <h2>{t('stands')}</h2>
        {runs.data ? <Runs runs={runs.data.items} /> : runs.error ? <ErrorBox error={runs.error} onRetry={() => void runs.refetch()} /> : null}
      </section>
    </div>
  )
}
