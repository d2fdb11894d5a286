import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { FileEntry, MedicineTaken } from '../../../../client/file'
import { dateIn, formatLogDay } from '../../../../ui/time'
import { useLanguage } from '../../../../ui/i18n'
import { useMoment } from '../../session/Session'
import { fileQuery, retract, sender, state } from './query'
import { useFileWords } from './strings'
import { named } from './Taken'
import { dayOf } from './tell'
import { Trouble } from './Trouble'

/** How many days back may still be noted with one tap; what lies further back nobody remembers dose by dose. */
const back = 6
const day = 86_400_000

/** dosesADay is how many doses a day stand for; a weekly one is one on its day. */
export const dosesADay = (medicine: MedicineTaken): number => Math.min(Math.max(Math.round(medicine.timesPerDay ?? 1), 1), 6)

/** daysOf are the last days of a course, today first, none from before it began. */
export function daysOf(today: string, from: string | undefined): string[] {
  const start = from?.slice(0, 10) ?? ''
  return Array.from({ length: back + 1 }, (_, i) => new Date(Date.parse(today) - i * day).toISOString().slice(0, 10)).filter((one) => one >= start)
}

/** CourseDays is day by day whether a medicine was taken: noted late, put right, or said to have been missed. */
export function CourseDays({ medicine }: { medicine: MedicineTaken }) {
  const t = useFileWords()
  const moment = useMoment()
  const from = medicine.courses.at(-1)?.from
  const today = dateIn(moment.now, moment.zone)
  return (
    <details>
      <summary>{t('courseDays')}</summary>
      <ul className="file-entries">
        {daysOf(today, from && dayOf(from, moment.zone)).map((date) => (
          <Day key={date} date={date} today={date === today} medicine={medicine} noted={medicine.entries.filter((one) => isDose(one) && dayOf(one.at, moment.zone) === date)} />
        ))}
      </ul>
    </details>
  )
}

const isDose = ({ state: of, properties: { action } }: FileEntry): boolean => of === 'stands' && (action === 'taken' || action === 'missed')

function Day({ date, today, medicine, noted }: { date: string; today: boolean; medicine: MedicineTaken; noted: readonly FileEntry[] }) {
  const t = useFileWords()
  const language = useLanguage()
  const client = useQueryClient()
  const senders = useRef<ReturnType<typeof sender>[]>([])
  const [sendBack] = useState(sender)
  const again = () => client.invalidateQueries({ queryKey: fileQuery.queryKey })
  const note = useMutation({
    // One statement a dose, each under a key of its own, so that a repeat after a lost answer counts none twice.
    mutationFn: async (action: 'taken' | 'missed') => {
      for (let dose = 0; dose < dosesADay(medicine); dose++) {
        const send = (senders.current[dose] ??= sender())
        await state(send, { type: 'medication', ...(!today && { at: date }), properties: { ...named(medicine), action } })
      }
      senders.current = []
    },
    onSettled: again,
  })
  const undo = useMutation({
    mutationFn: async () => {
      for (const one of noted) await retract(sendBack, one.id, t('undo'))
    },
    onSettled: again,
  })
  const busy = note.isPending || undo.isPending
  const taken = noted.filter((one) => one.properties.action === 'taken').length
  const missed = noted.length - taken
  const name = today ? t('today') : formatLogDay(date, language)
  const all = dosesADay(medicine)
  return (
    <li className="course-day">
      <span className="nowrap">{name}</span>
      {noted.length > 0 ? (
        <>
          <b>{taken > 0 ? (all > 1 ? t('dayTakenOf', { n: taken, of: all }) : t('dayTaken')) : t('dayMissed')}</b>
          {noted.every((one) => one.mayChange) && (
            <button type="button" className="text-button" aria-label={`${t('undo')} ${name}`} aria-disabled={busy} onClick={() => !busy && undo.mutate()}>
              {t('undo')}
            </button>
          )}
          {taken > 0 && missed > 0 && <span className="note">{t('dayMissedOf', { n: missed })}</span>}
        </>
      ) : (
        <span className="chips" role="group" aria-label={name}>
          {/* Of today, what was taken has a button of its own above. */}
          {(today ? (['missed'] as const) : (['taken', 'missed'] as const)).map((action) => (
            <button key={action} type="button" className="slot" aria-disabled={busy} onClick={() => !busy && note.mutate(action)}>
              {t(action === 'taken' ? 'dayTaken' : 'dayMissed')}
            </button>
          ))}
        </span>
      )}
      <Trouble error={note.error ?? undo.error} />
    </li>
  )
}
