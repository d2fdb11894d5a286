import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { CodeText, FileEntry, HealthFile } from '../../../../client/file'
import { ApiError } from '../../../../client/http'
import type { Catalogue } from '../../../../client/types'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { dateIn } from '../../../../ui/time'
import { Page } from '../../parts/Page'
import { useMoment } from '../../session/Session'
import { AllergyFields } from './AllergyFields'
import { LabFields } from './LabFields'
import { MedicineFields } from './MedicineFields'
import { Clashes } from './Medicines'
import { dayAsked, isPlain, looseDay, tellers, titles, usual, type Teller, type Values, type What } from './forms'
import { PlainFields } from './PlainFields'
import { fileQuery, sender, state, uploadReport } from './query'
import { useRefusal } from './refusal'
import { dayOf, saidBy, sentAt, stagesSent, statementOf, tellerOf, valuesOf } from './statement'
import { useFileWords } from './strings'
import { Chips } from './fields'
import { Trouble } from './Trouble'
import { WhenPick } from './WhenPick'

export interface FieldsProps {
  values: Values
  wrong: Partial<Record<string, string>>
  catalogue: Catalogue
  onValues: (change: Values) => void
}

interface Props {
  what: What
  entry?: FileEntry
  catalogue: Catalogue
  /** The whole file, for what is chosen from it: medicines and reports. */
  file?: HealthFile
  onDone: () => void
}

/** EntryForm writes one statement of the person's own down, or puts one right. */
export function EntryForm({ what, entry, catalogue, file, onDone }: Props) {
  const t = useFileWords()
  const say = useSay()
  const language = useLanguage()
  const client = useQueryClient()
  const [send] = useState(sender)
  const moment = useMoment()
  const refusal = useRefusal(catalogue)
  const uploader = useRef(uploadReport())
  const [paper, setPaper] = useState<File>()
  const [teller, setTeller] = useState<Teller>(() => tellerOf(entry, what === 'imaging' ? 'report' : 'me'))
  const [values, setValues] = useState<Values>(() => (entry ? valuesOf(entry) : { ...usual[what] }))
  const [at, setAt] = useState(() => dayOf(entry))
  const [wrong, setWrong] = useState<Partial<Record<string, string>>>({})
  const [notes, setNotes] = useState<readonly CodeText[]>([])
  const save = useMutation({
    mutationFn: async ({ type, properties, stages }: Omit<ReturnType<typeof statementOf>, 'wrong'>) => {
      // The paper goes first: a statement never points at a file that did not arrive.
      const paperId = paper && (await uploader.current(paper, what === 'imaging' ? 'imaging' : 'other', at))
      return state(send, { type, properties: paperId ? { ...properties, file: paperId } : properties, at: dayless ? undefined : sentAt(at, entry), said: saidBy(teller, entry), stages: stagesSent(stages, entry) }, entry?.id)
    },
    onSuccess: async (done) => {
      await client.invalidateQueries({ queryKey: fileQuery.queryKey })
      if (done.notes.length > 0) setNotes(done.notes)
      else onDone()
    },
    onError: (error, sent) => {
      const [, nth, part] = (error instanceof ApiError && /^body\.stages\[(\d)\]\.(\w+)$/.exec(error.problem.field ?? '')) || []
      const side = nth && sent.stages?.[Number(nth)]?.side
      const field = side ? `${part === 'system' ? 'system' : 'stage'}_${side}` : error instanceof ApiError ? /^body\.(?:properties\.)?(\w+)$/.exec(error.problem.field ?? '')?.[1] : undefined
      if (field && error instanceof ApiError) setWrong({ [field]: [say(error.problem.text), say(error.problem.hintText)].filter(Boolean).join(language === 'zh' ? '。' : '. ') })
    },
  })
  const submit = () => {
    const { wrong: found, ...sent } = statementOf(what, values, entry?.properties, dayOf(entry) || dateIn(moment.now, moment.zone))
    const next: Partial<Record<string, string>> = {}
    const refused = paper && refusal(paper)
    if (refused) next.file = refused
    for (const [name, need] of Object.entries(found)) next[name] = t(need)
    setWrong(next)
    if (Object.keys(next).length === 0 && !save.isPending) save.mutate(sent)
  }
  // A planned one has its day ahead, in a field of its own; what has no question is about now, or stays as it was.
  const dayless = !dayAsked[what] || (what === 'surgery' && values.status === 'planned')
  const whose = tellers[what]
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
        {isPlain(what) ? (
          <PlainFields {...fields} what={what} file={file} correcting={entry !== undefined} paper={paper} onPaper={setPaper} />
        ) : what === 'medication' || what === 'fill' ? (
          <MedicineFields {...fields} dosed={what === 'medication'} />
        ) : what === 'lab' ? (
          <LabFields {...fields} fixed={entry !== undefined} />
        ) : (
          <AllergyFields {...fields} />
        )}
        {!dayless && <WhenPick label={t(dayAsked[what] ?? 'on')} value={at} onValue={setAt} loose={looseDay(what)} wrong={wrong.at} />}
        {whose && <Chips label={t('whoSaid')} options={whose.map((key) => ({ key, text: t(`said_${key}`) }))} value={teller} onValue={(key) => setTeller(key as Teller)} />}
        {teller === 'doctor' && <p className="note">{t('toldNote')}</p>}
        {what === 'side_effect' && <p className="note">{t('unwellNote')}</p>}
        <Trouble error={save.error} />
        <button type="submit" className="main-button" aria-disabled={save.isPending}>
          {t('save')}
        </button>
      </form>
    </Page>
  )
}
