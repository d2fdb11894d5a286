import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { MedicineTaken } from '../../../../client/file'
import { formatClock } from '../../../../ui/time'
import { Icon } from '../../parts/Icon'
import { useMoment } from '../../session/Session'
import { fileQuery, retract, sender, state } from './query'
import { useFileWords } from './strings'
import { dayOf } from './tell'
import { Trouble } from './Trouble'

/** named is how a statement says which medicine it is about. */
export function named(medicine: MedicineTaken): Record<string, string> {
  if (medicine.key.startsWith('class:')) return { class: medicine.class }
  if (medicine.key.startsWith('name:')) return { name: medicine.name.zh }
  return { generic: medicine.key }
}

/** Taken notes that a medicine was taken today, and takes it back with one tap; a stop is asked about once. */
export function Taken({ medicine }: { medicine: MedicineTaken }) {
  const t = useFileWords()
  const moment = useMoment()
  const client = useQueryClient()
  const [send] = useState(sender)
  const [asking, setAsking] = useState(false)
  const again = () => client.invalidateQueries({ queryKey: fileQuery.queryKey })
  const today = dayOf(moment.now.toISOString(), moment.zone)
  const doses = medicine.entries.filter((one) => one.state === 'stands' && one.properties.action === 'taken' && dayOf(one.at, moment.zone) === today)
  // The moment it was pressed first makes each dose a statement of its own; pressed again after a lost answer it is the same.
  const pressed = useRef<string>(undefined)
  const note = useMutation({
    mutationFn: ({ action, at }: { action: string; at: string }) => state(send, { type: 'medication', at, properties: { ...named(medicine), action } }),
    onSuccess: () => {
      pressed.current = undefined
      setAsking(false)
      return again()
    },
  })
  const undo = useMutation({ mutationFn: (id: string) => retract(send, id, t('undo')), onSuccess: again })
  const busy = note.isPending || undo.isPending
  const say = (action: string) => {
    if (busy) return
    pressed.current ??= moment.now.toISOString()
    note.mutate({ action, at: pressed.current })
  }
  const more = doses.length === 0 || (medicine.timesPerDay ?? 1) > doses.length
  return (
    <>
      {doses.map((one) => (
        <p key={one.id} className="dose-taken" role="status">
          <Icon name="tick" />
          <span>{t('takenAt', { at: formatClock(new Date(one.at), moment) })}</span>
          {one.mayChange && (
            <button type="button" className="text-button" aria-disabled={busy} onClick={() => !busy && undo.mutate(one.id)}>
              {t('undo')}
            </button>
          )}
        </p>
      ))}
      {asking ? (
        <div className="stack" role="group" aria-label={t('stop')}>
          <p>{t('stopAsk')}</p>
          <button type="button" className="plain-button" aria-disabled={busy} onClick={() => say('stop')}>
            {t('stopSure')}
          </button>
          <button type="button" className="plain-button" onClick={() => setAsking(false)}>
            {t('keep')}
          </button>
        </div>
      ) : (
        <div className="file-acts">
          {more && (
            <button type="button" className="plain-button" aria-disabled={busy} onClick={() => say('taken')}>
              {t(doses.length > 0 ? 'takenAgain' : 'taken')}
            </button>
          )}
          <button type="button" className="text-button" onClick={() => setAsking(true)}>
            {t('stop')}
          </button>
        </div>
      )}
      <Trouble error={note.error ?? undo.error} />
    </>
  )
}
