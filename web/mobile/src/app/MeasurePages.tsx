import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { serverNow } from '../../../client/clock'
import { newKey, OfflineError } from '../../../client/http'
import { isMeasure, type Measured, type MeasureType, measureTypes, measureValues } from '../../../client/measures'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { MeasureForm } from '../features/measure/MeasureForm'
import { MeasureList } from '../features/measure/MeasureList'
import { MeasureReply } from '../features/measure/MeasureReply'
import { MeasureKept } from '../features/measure/MeasureKept'
import { correctMeasure, measureCatalogueQuery, measuresQuery, saveMeasure, type SavedMeasure } from '../features/measure/query'
import { useMeasureWords } from '../features/measure/strings'
import { wordsOf } from '../features/measure/tell'
import { WaitingList } from '../features/measure/WaitingList'
import { MeasuredAt } from '../features/record/MeasuredAt'
import { currentSafety, isSafety, raiseCard, settleCard } from '../features/safety/current'
import { stopTimer } from '../features/safety/timer'
import { Page } from '../parts/Page'
import type { WaitingMeasure } from '../queue/queue'
import { meQuery } from '../session/query'
import { useMe, useMoment } from '../session/Session'
import { Away } from './Away'

const route = getRouteApi('/app/measure')

interface Sending {
  type: MeasureType
  properties: Record<string, unknown>
  at?: string
  fix?: string
}

/** MeasurePage takes a pressure, a pain, a weight or a symptom; a dangerous one goes on to the safety card without any question. */
export function MeasurePage() {
  const t = useMeasureWords()
  const me = useMe()
  const moment = useMoment()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { type: wanted, fix } = route.useSearch()
  const catalogue = useQuery(measureCatalogueQuery)
  const list = useQuery({ ...measuresQuery, enabled: fix !== undefined })
  const [at, setAt] = useState<Date>()
  const [answer, setAnswer] = useState<{ measured: Measured; corrected: boolean }>()
  const [kept, setKept] = useState<WaitingMeasure>()
  const key = useRef({ of: '', key: '' })

  const send = useMutation({
    mutationFn: async ({ fix: id, ...body }: Sending): Promise<SavedMeasure> => {
      const of = JSON.stringify([body, id])
      if (key.current.of !== of) key.current = { of, key: newKey() }
      if (id) return { kind: 'sent', measured: await correctMeasure(body, key.current.key, id) }
      return saveMeasure(body, key.current.key, wordsOf(catalogue.data ?? { eventTypes: [] }, body.type, body.properties), serverNow())
    },
    onSuccess: (saved, { fix: id }) => {
      stopTimer()
      const before = currentSafety().card
      if (id && before?.measured?.id === id) settleCard(before.id)
      key.current = { of: '', key: '' } // the same figures once more are another measure
      if (saved.kind === 'kept') setKept(saved.waiting)
      else if (isSafety(saved.measured.card)) {
        raiseCard(saved.measured.card)
        void navigate({ to: '/', replace: true })
      } else setAnswer({ measured: saved.measured, corrected: id !== undefined })
      void client.invalidateQueries({ queryKey: meQuery.queryKey })
    },
  })

  const kinds = [...(me.measures ?? []), ...measureTypes].filter((one, i, all) => all.indexOf(one) === i)
  const entry = fix ? list.data?.items.find((one) => one.id === fix) : undefined
  const type = isMeasure(entry?.type) ? entry.type : isMeasure(wanted) ? wanted : (kinds.find(isMeasure) ?? 'blood_pressure')
  const again = () => {
    send.reset()
    setAt(undefined)
    setAnswer(undefined)
    setKept(undefined)
    void navigate({ to: '/measure', search: { type }, replace: true })
  }
  const title = t(fix ? 'titleFix' : 'title')
  if (kept) {
    return (
      <Page title={title} back="/" key="kept">
        <MeasureKept waiting={kept} onAgain={again} />
      </Page>
    )
  }
  if (answer) {
    const { entry: stored } = answer.measured
    return (
      <Page title={title} back="/" key="answer">
        <MeasureReply
          key={stored.id}
          measured={answer.measured}
          corrected={answer.corrected}
          onAgain={again}
          onFix={() => {
            send.reset()
            setAnswer(undefined)
            setAt(undefined)
            void navigate({ to: '/measure', search: { type: stored.type, fix: stored.id }, replace: true })
          }}
          onUndone={() => void client.invalidateQueries({ queryKey: meQuery.queryKey })}
        />
      </Page>
    )
  }
  const failed = catalogue.error ?? (fix ? list.error : null)
  if (catalogue.failureReason instanceof OfflineError && !catalogue.data) return <Away />
  if (failed) return <ErrorBox error={failed} onRetry={() => void (catalogue.error ? catalogue.refetch() : list.refetch())} />
  if (!catalogue.data || (fix && !entry)) return <Skeleton lines={6} />
  return (
    <Page title={title} back={fix ? '/measures' : '/'} key={`form ${type} ${fix ?? ''}`}>
      {!fix && (
        <nav className="chips" aria-label={t('kinds')}>
          {[...kinds, ...(kinds.includes('glucose') ? [] : ['glucose'])].map((one) =>
            one === 'glucose' ? (
              <Link key={one} to="/record" replace className="slot">
                {t('glucose')}
              </Link>
            ) : (
              isMeasure(one) && (
                <Link key={one} to="/measure" search={{ type: one }} replace className="slot" data-on={one === type} aria-current={one === type ? 'page' : undefined} onClick={() => send.reset()}>
                  {t(one)}
                </Link>
              )
            ),
          )}
        </nav>
      )}
      <MeasureForm
        key={`${type} ${fix ?? ''}`}
        type={type}
        catalogue={catalogue.data}
        from={measureValues(entry)}
        pending={send.isPending}
        error={send.error}
        when={<MeasuredAt moment={moment} at={at ?? (entry ? new Date(entry.at) : undefined)} onChange={setAt} />}
        onSave={(properties) => send.mutate({ type, properties, at: at?.toISOString(), fix })}
      />
    </Page>
  )
}

/** MeasuresPage is where a person whose main thing to measure is not glucose looks back. */
export function MeasuresPage() {
  const list = useQuery(measuresQuery)
  if (list.data) return <MeasureList measures={list.data} waiting={<WaitingList />} />
  if (list.failureReason instanceof OfflineError) {
    return (
      <>
        <div className="page">
          <WaitingList />
        </div>
        <Away />
      </>
    )
  }
  if (list.error) return <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
  return <Skeleton lines={6} />
}
