import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import type { Choice } from '../../../../client/layers'
import type { Doubt } from '../../../../client/doubts'
import { useSay } from '../../../../ui/i18n'
import { formatAt, formatDay } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { mayWrite, useSession } from '../session/session'
import { ClearModal } from './ClearModal'
import { useWords } from './strings'

/** What says what does not fit, with whom, and shows the readings when asked. */
export function What({ doubt }: { doubt: Doubt }) {
  const t = useWords()
  const say = useSay()
  const [open, setOpen] = useState(false)
  return (
    <div className="doubt-what">
      <b>{say(doubt.reason.text)}</b> <span>{say(doubt.text)}</span>
      {doubt.device && <span className="note user-text"> {t('device', { name: doubt.device })}</span>}
      {doubt.other && (
        <p>
          {t('otherIs')}
          <Link to="/people/$id" params={{ id: doubt.other.id }}>
            {doubt.other.name}
          </Link>
        </p>
      )}
      {doubt.unseen && <p className="unknown">{t('unseen')}</p>}
      {doubt.evidence.length > 0 && (
        <p>
          <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? t('fold') : t('evidence', { n: doubt.count })}
          </button>
        </p>
      )}
      {open && <Evidence doubt={doubt} />}
    </div>
  )
}

function Evidence({ doubt }: { doubt: Doubt }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  return (
    <>
      {doubt.evidence.length < doubt.count && <p className="note">{t('shown', { n: doubt.evidence.length, of: doubt.count })}</p>}
      <ul className="doubt-evidence">
        {doubt.evidence.map((one) => (
          <li key={one.id}>
            <span className="nowrap">{formatAt(new Date(one.at), moment)}</span> <b className="nowrap">{say(one.text)}</b>{' '}
            {one.received !== one.at && <span className="note nowrap">{t('received', { at: formatAt(new Date(one.received), moment) })}</span>}
          </li>
        ))}
      </ul>
    </>
  )
}

/** When says the span of the readings: one day, or from and to. */
export function When({ doubt }: { doubt: Doubt }) {
  const t = useWords()
  const moment = useMoment()
  const from = formatDay(new Date(doubt.since), moment)
  const to = formatDay(new Date(doubt.until), moment)
  return <>{from === to ? from : t('from', { from, to })}</>
}

/** Handling is the button that clears, or who cleared it and why. */
export function Handling({ doubt, whys }: { doubt: Doubt; whys: readonly Choice[] }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const writer = mayWrite(useSession())
  const [asking, setAsking] = useState(false)
  if (doubt.cleared) {
    const { by, at, why, note } = doubt.cleared
    return (
      <span className="note">
        {t('clearedBy', { by: say(by) || '–', at: formatAt(new Date(at), moment), why: say(why.text) })}
        {note && ` · ${note}`}
      </span>
    )
  }
  if (!writer) return null
  return (
    <>
      <Button size="small" onClick={() => setAsking(true)}>
        {t('clear')}
      </Button>
      {asking && <ClearModal doubt={doubt} whys={whys} onClose={() => setAsking(false)} />}
    </>
  )
}
