import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { del, newKey } from '../../../../client/http'
import type { Recorded, Unit } from '../../../../client/types'
import { shownDigits } from '../../../../ui/band'
import { useSay } from '../../../../ui/i18n'
import { useSlotName } from '../../../../ui/slots'
import { ErrorBox } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { useMe, useMoment } from '../../session/Session'
import { useRecordWords } from './strings'

interface Props {
  recorded: Recorded
  corrected: boolean
  /** The way home; a question still open makes it the lesser button. */
  home: (main: boolean) => ReactNode
  /** The value was meant in the other unit. */
  onUnit: (unit: Unit) => void
  onFix: () => void
  onAgain: () => void
  onUndone: () => void
}

/** Reply is the answer card: the value, what it means, one step, and undo in plain sight for as long as it stands. */
export function Reply({ recorded, corrected, home, onUnit, onFix, onAgain, onUndone }: Props) {
  const t = useRecordWords()
  const say = useSay()
  const me = useMe()
  const moment = useMoment()
  const slotName = useSlotName()
  const [sure, setSure] = useState(false)
  const top = useRef<HTMLHeadingElement>(null)
  const { reading, reply, confirm } = recorded
  const entered = `${shownDigits(reading, reading.entered.unit)} ${reading.entered.unit}`
  const undo = useMutation({
    mutationFn: () => del<unknown>(`/api/me/readings/${encodeURIComponent(reading.id)}`, { idempotencyKey: newKey() }),
    onSuccess: onUndone,
  })
  useEffect(() => top.current?.focus(), [])

  if (undo.isSuccess) {
    return (
      <div className="stack">
        <h2 role="status">{t('undone')}</h2>
        <button type="button" className="main-button" onClick={onAgain}>
          {t('again')}
        </button>
        {home(false)}
      </div>
    )
  }
  return (
    <div className="stack">
      <section className="card reply" role="status">
        <h2 ref={top} tabIndex={-1}>
          {corrected ? t('corrected') : t('saved')}
        </h2>
        <Value reading={reading} unit={me.unit} size="big" />
        <p className="soft">
          {reading.context && `${slotName(reading.context)} · `}
          <span className="nowrap">{formatAt(new Date(reading.at), moment)}</span>
        </p>
        <p>{say(reply.text)}</p>
        {reply.next && <p>{say(reply.next)}</p>}
      </section>
      {confirm && !sure && (
        <section className="card" role="alert">
          <p>{say(confirm.text)}</p>
          {confirm.suggestUnit && (
            <button type="button" className="main-button" onClick={() => confirm.suggestUnit && onUnit(confirm.suggestUnit)}>
              {t('isUnit', { unit: confirm.suggestUnit })}
            </button>
          )}
          <button type="button" className="plain-button" onClick={() => setSure(true)}>
            {t('itIs', { value: entered })}
          </button>
        </section>
      )}
      {confirm && sure && (
        <p role="status">
          {t('confirmed', { value: entered })}{' '}
          {t('keptBoth')}
        </p>
      )}
      {home(!confirm || sure)}
      {undo.error && <ErrorBox error={undo.error} />}
      <div className="pair">
        <button type="button" className="plain-button" onClick={() => !undo.isPending && undo.mutate()}>
          {t('undo')}
        </button>
        <button type="button" className="plain-button" onClick={onFix}>
          {t('fix')}
        </button>
      </div>
    </div>
  )
}
