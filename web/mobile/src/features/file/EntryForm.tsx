import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CodeText, FileEntry } from '../../../../client/file'
import { ApiError } from '../../../../client/http'
import type { Catalogue } from '../../../../client/types'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { Page } from '../../parts/Page'
import { AllergyFields } from './AllergyFields'
import { LabFields } from './LabFields'
import { MedicineFields } from './MedicineFields'
import { Clashes } from './Medicines'
import { fileQuery, sender, state } from './query'
import { useFileWords } from './strings'
import { Trouble } from './Trouble'
import { WhenPick } from './WhenPick'

export type What = 'medication' | 'fill' | 'lab' | 'allergy'

/** What stands in the fields, by the names the server has for them. */
export type Values = Record<string, string>

export interface FieldsProps {
  values: Values
  wrong: Partial<Record<string, string>>
  catalogue: Catalogue
  onValues: (change: Values) => void
}

const numbers = ['dose', 'timesPerDay', 'days', 'value', 'refLow', 'refHigh']

/** The fields a form asks for; what it does not ask stays in a correction as it was. */
const asked: Record<What, readonly string[]> = {
  medication: ['name', 'generic', 'dose', 'doseUnit', 'timesPerDay', 'times'],
  fill: ['name', 'generic', 'days', 'place'],
  lab: ['test', 'value', 'unit', 'refLow', 'refHigh'],
  allergy: ['kind', 'substance', 'reaction', 'severity'],
}

const must: Record<What, Record<string, 'needName' | 'needPick' | 'needValue' | 'needText'>> = {
  medication: { name: 'needName' },
  fill: { name: 'needName', days: 'needValue' },
  lab: { test: 'needPick', value: 'needValue', unit: 'needPick' },
  allergy: { kind: 'needPick', substance: 'needText' },
}

/** valuesOf puts an entry into the fields; HbA1c is one of the tests here. */
export function valuesOf(entry: FileEntry | undefined): Values {
  if (!entry) return {}
  const out: Values = entry.type === 'hba1c' ? { test: 'hba1c' } : {}
  for (const [key, value] of Object.entries(entry.properties)) if (value !== null && typeof value !== 'object') out[key] = String(value)
  return out
}

/** statementOf turns the fields into what is sent; numbers that are none, and what is missing, come beside it. */
export function statementOf(what: What, values: Values, before: Record<string, unknown> = {}) {
  const { signed: _, verified: __, date: ___, ...properties } = before
  const wrong: Record<string, 'needName' | 'needPick' | 'needValue' | 'needText'> = {}
  for (const name of asked[what]) {
    delete properties[name]
    const text = (values[name] ?? '').trim()
    if (text === '') {
      const need = must[what][name]
      if (need) wrong[name] = need
    } else if (numbers.includes(name)) {
      const number = Number(text.replace(',', '.'))
      if (Number.isFinite(number)) properties[name] = number
      else wrong[name] = 'needValue'
    } else properties[name] = text
  }
  if (what === 'medication' || what === 'fill') delete properties.class // it follows from the medicine
  if (what === 'medication') {
    properties.action ??= 'start'
  }
  if (what === 'allergy') properties.active ??= true
  let type: string = what
  if (properties.test === 'hba1c') {
    type = 'hba1c'
    delete properties.test
    delete properties.refLow
    delete properties.refHigh
  }
  return { type, properties, wrong }
}

/** dayOf is the day an entry is about, as it was said. */
export const dayOf = (entry?: FileEntry): string => (entry ? (typeof entry.properties.date === 'string' ? entry.properties.date : entry.at.slice(0, 10)) : '')

/** sentAt says nothing of an entry whose day was left as it is: its moment stays, and two doses of a day keep their order. */
export const sentAt = (at: string, entry?: FileEntry): string | undefined => (entry && at === dayOf(entry) ? undefined : at || undefined)

interface Props {
  what: What
  entry?: FileEntry
  catalogue: Catalogue
  onDone: () => void
}

const titles = { medication: ['addMedicine', 'fixMedicine'], fill: ['addFill', 'fixFill'], lab: ['addLab', 'fixLab'], allergy: ['addAllergy', 'fixAllergy'] } as const

/** EntryForm writes one statement of the person's own down, or puts one right. */
export function EntryForm({ what, entry, catalogue, onDone }: Props) {
  const t = useFileWords()
  const say = useSay()
  const language = useLanguage()
  const client = useQueryClient()
  const [send] = useState(sender)
  const [values, setValues] = useState<Values>(() => valuesOf(entry))
  const [at, setAt] = useState(() => dayOf(entry))
  const [wrong, setWrong] = useState<Partial<Record<string, string>>>({})
  const [notes, setNotes] = useState<readonly CodeText[]>([])
  const save = useMutation({
    mutationFn: (body: { type: string; properties: Record<string, unknown> }) => state(send, { ...body, at: sentAt(at, entry) }, entry?.id),
    onSuccess: async (done) => {
      await client.invalidateQueries({ queryKey: fileQuery.queryKey })
      if (done.notes.length > 0) setNotes(done.notes)
      else onDone()
    },
    onError: (error) => {
      const field = error instanceof ApiError ? /^body\.(?:properties\.)?(\w+)$/.exec(error.problem.field ?? '')?.[1] : undefined
      if (field && error instanceof ApiError) setWrong({ [field]: [say(error.problem.text), say(error.problem.hintText)].filter(Boolean).join(language === 'zh' ? '。' : '. ') })
    },
  })
  const submit = () => {
    const { type, properties, wrong: found } = statementOf(what, values, entry?.properties)
    const next: Partial<Record<string, string>> = {}
    for (const [name, need] of Object.entries(found)) next[name] = t(need)
    setWrong(next)
    if (Object.keys(next).length === 0 && !save.isPending) save.mutate({ type, properties })
  }
  const change = (next: Values) => setValues((before) => ({ ...before, ...next }))
  const fields = { values, wrong, catalogue, onValues: change }
  if (notes.length > 0) {
    return (
      <Page title={t('savedBut')} back="/file">
        <section className="card">
          <Clashes problems={notes} />
          {notes.some((one) => one.code === 'unknown_medicine') && <p>{t('unknown')}</p>}
        </section>
        <button type="button" className="main-button" onClick={onDone}>
          {t('understood')}
        </button>
      </Page>
    )
  }
  return (
    <Page title={t(titles[what][entry ? 1 : 0])} back="/file">
      <form
        className="file-form"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {what === 'medication' || what === 'fill' ? <MedicineFields {...fields} dosed={what === 'medication'} /> : what === 'lab' ? <LabFields {...fields} fixed={entry !== undefined} /> : <AllergyFields {...fields} />}
        <WhenPick label={t(what === 'lab' || what === 'fill' ? 'on' : 'from')} value={at} onValue={setAt} loose={what !== 'lab' && what !== 'fill'} wrong={wrong.at} />
        <Trouble error={save.error} />
        <button type="submit" className="main-button" aria-disabled={save.isPending}>
          {t('save')}
        </button>
      </form>
    </Page>
  )
}
