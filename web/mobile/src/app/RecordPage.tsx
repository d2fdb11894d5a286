import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { serverNow } from '../../../client/clock'
import type { NewReading, Recorded, Unit } from '../../../client/types'
import { useLimits } from '../../../ui/limits'
import { Page } from '../parts/Page'
import { historyQuery } from '../features/history/query'
import { Reply } from '../features/record/Reply'
import { RecordForm } from '../features/record/RecordForm'
import { correctReading, saveReading, type Saved } from '../features/record/save'
import { useRecordWords } from '../features/record/strings'
import { currentSafety, isSafety, raiseCard, settleCard } from '../features/safety/current'
import { localCard } from '../features/safety/localCard'
import { stopTimer } from '../features/safety/timer'
import { todayQuery } from '../features/today/query'
import { meQuery } from '../session/query'
import { useMe } from '../session/Session'

const route = getRouteApi('/app/record')

interface Sending {
  body: NewReading
  /** The reading it puts right. */
  fix?: string
}

/** RecordPage is the keypad, then the answer; a dangerous value goes on to the safety card without any question. */
export function RecordPage() {
  const t = useRecordWords()
  const me = useMe()
  const client = useQueryClient()
  const navigate = useNavigate()
  const limits = useLimits()
  const { context, fix } = route.useSearch()
  const today = useQuery(todayQuery)
  const history = useQuery({ ...historyQuery(30), enabled: fix !== undefined })
  const [answer, setAnswer] = useState<{ recorded: Recorded; corrected: boolean }>()
  const [kept, setKept] = useState(false)

  const send = useMutation({
    mutationFn: async ({ body, fix: id }: Sending): Promise<Saved> =>
      id ? { kind: 'sent', recorded: await correctReading(id, body) } : saveReading(body, serverNow()),
    onSuccess: (saved, { fix: id }) => {
      stopTimer()
      // Putting a reading right takes its card away; the server raises a new one if the new value needs it.
      const before = currentSafety().card
      if (id && before?.reading?.id === id) settleCard(before.id)
      const local = saved.kind === 'kept' && limits ? localCard(saved.reading, serverNow(), limits) : undefined
      const card = saved.kind === 'kept' ? local : saved.recorded.card
      if (isSafety(card)) {
        raiseCard(card, saved.kind === 'kept')
        void navigate({ to: '/', replace: true })
      } else if (saved.kind === 'kept') {
        setKept(true)
      } else {
        setAnswer({ recorded: saved.recorded, corrected: id !== undefined })
      }
      void client.invalidateQueries({ queryKey: meQuery.queryKey })
    },
  })

  const again = () => {
    send.reset()
    setAnswer(undefined)
    setKept(false)
    if (fix) void navigate({ to: '/record', replace: true })
  }
  const home = (main: boolean) => (
    <Link to="/" className={main ? 'main-button' : 'plain-button'}>
      {t('home')}
    </Link>
  )
  const title = fix ? t('correctTitle') : t('title')
  if (kept) {
    return (
      <Page title={t('saved')} key="kept">
        <p role="status">{t('local')}</p>
        {!limits && <p>{t('cannotJudge')}</p>}
        {home(true)}
      </Page>
    )
  }
  if (answer) {
    const { reading } = answer.recorded
    const inOtherUnit = (unit: Unit) => {
      const { value } = reading.entered
      if (value === undefined) return
      send.mutate({ body: { value, unit, context: reading.context, measuredAt: reading.at }, fix: reading.id })
    }
    return (
      <Page title={title} back="/" key="answer">
        <Reply
          key={reading.id}
          recorded={answer.recorded}
          corrected={answer.corrected}
          home={home}
          onUnit={inOtherUnit}
          onFix={() => {
            again()
            void navigate({ to: '/record', search: { fix: reading.id }, replace: true })
          }}
          onAgain={again}
          onUndone={() => void client.invalidateQueries({ queryKey: meQuery.queryKey })}
        />
      </Page>
    )
  }
  const from = fix
    ? (history.data?.items.find(({ id }) => id === fix) ?? matching(currentSafety().card?.reading, fix))
    : undefined
  const guess = context || today.data?.contextGuess || ''
  return (
    <Page title={title} back={fix ? '/glucose' : '/'} key={`form ${fix ?? ''}`} dense>
      <RecordForm
        unit={me.unit}
        guess={guess}
        from={from}
        pending={send.isPending}
        error={send.error}
        onSave={(body) => send.mutate({ body, fix })}
      />
    </Page>
  )
}

function matching<T extends { id: string }>(one: T | undefined, id: string): T | undefined {
  return one?.id === id ? one : undefined
}
