import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { SegmentState } from '../../../../client/rules'
import type { Person } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt, formatDay } from '../../../../ui/time'
import { DecideModal } from '../../layout/DecideModal'
import { useMoment } from '../../layout/now'
import { type Decision, segmentsOf } from '../../layout/segments'
import { mayWrite, useSession } from '../session/session'
import { useWords } from './strings'

/** Segments is which segments the person is in, by the rule or by hand, and lets staff decide by hand. */
export function Segments({ person }: { person: Person }) {
  const t = useWords()
  const segments = useQuery(segmentsOf(person.id))
  const [about, setAbout] = useState<{ segment: string; start: Decision }>()
  if (segments.error) return <ErrorBox error={segments.error} onRetry={() => void segments.refetch()} />
  if (!segments.data) return <Skeleton lines={2} />
  if (segments.data.items.length === 0) return <p className="unknown">{t('noSegments')}</p>
  return (
    <>
      <ul className="segments">
        {segments.data.items.map((one) => (
          <One key={`${one.programme} ${one.key}`} one={one} onDecide={(start) => setAbout({ segment: one.key, start })} />
        ))}
      </ul>
      {about && <DecideModal people={[{ id: person.id, name: person.name }]} segment={about.segment} start={about.start} onClose={() => setAbout(undefined)} />}
    </>
  )
}

function One({ one, onDecide }: { one: SegmentState; onDecide: (start: Decision) => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const writer = mayWrite(useSession())
  const hand = one.byHand
  return (
    <li>
      <Link to="/tags/$key" params={{ key: one.key }} search={{ programme: one.programme }}>
        {say(one.name)}
      </Link>{' '}
      <b className="nowrap">{t(one.in ? 'segIn' : 'segOut')}</b>
      {hand ? (
        <p className="note">
          {[t(hand.in ? 'segPut' : 'segTaken', { by: say(hand.by), at: formatAt(new Date(hand.at), moment) }), hand.reason, hand.until ? t('segUntil', { day: formatDay(new Date(hand.until), moment) }) : t('segOpen')].filter(Boolean).join(' · ')}
        </p>
      ) : (
        <p className="note">{t(one.rule === 'unknown' ? 'segRuleUnknown' : 'segRule')}</p>
      )}
      {writer && (
        <span className="segment-acts">
          {!(hand && one.in) && (
            <button type="button" className="link" onClick={() => onDecide('in')}>
              {t('segPutAct')}
            </button>
          )}
          {!(hand && !one.in) && (
            <button type="button" className="link" onClick={() => onDecide('out')}>
              {t('segTakeAct')}
            </button>
          )}
          {hand && (
            <button type="button" className="link" onClick={() => onDecide('rule')}>
              {t('segEndAct')}
            </button>
          )}
        </span>
      )}
    </li>
  )
}
