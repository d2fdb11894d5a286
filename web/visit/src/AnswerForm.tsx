import { useState, type ReactNode } from 'react'
import { ApiError, OfflineError, post } from '../../client/http'
import type { DoctorAnswer, DoctorMedicine, VisitPage } from '../../client/visit'
import { useSay } from '../../ui/i18n'
import { dateIn } from '../../ui/time'
import { useWords } from './words'

interface MedicineDraft {
  name: string
  action: DoctorMedicine['action']
  dose: string
  doseUnit: string
  times: string
  doseText: string
}

const blank: MedicineDraft = { name: '', action: 'change', dose: '', doseUnit: '', times: '', doseText: '' }

/** numberOf reads what was typed; undefined is nothing, NaN is no number. */
export const numberOf = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text.trim().replace('，', '.').replace('．', '.')))

/** AnswerForm sends only what was filled in. Where the server refuses, its words stand at the field it names. */
export function AnswerForm({ page, token, onSent }: { page: VisitPage; token: string; onSent: () => void }) {
  const t = useWords()
  const say = useSay()
  const [name, setName] = useState('')
  const [hospital, setHospital] = useState('')
  const [limits, setLimits] = useState<Record<string, string>>({})
  const [plans, setPlans] = useState<Record<string, { perWeek: string; slots: string[] }>>({})
  const [medicines, setMedicines] = useState<MedicineDraft[]>([])
  const [next, setNext] = useState('')
  const [replies, setReplies] = useState<Record<string, string>>({})
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<{ field: string; text: string }>()
  const at = (field: string) => (wrong?.field === field ? wrong.text : undefined)

  const send = async () => {
    const limit = Object.fromEntries(page.answerTargets.map(({ key }) => [key, numberOf(limits[key] ?? '')] as const).filter(([, value]) => value !== undefined)) as Record<string, number>
    const bad = Object.entries(limit).find(([, value]) => Number.isNaN(value))
    if (!name.trim()) return setWrong({ field: 'body.name', text: t('missingName') })
    if (bad) return setWrong({ field: `body.targets.${bad[0]}`, text: t('badNumber') })
    const often: NonNullable<DoctorAnswer['plans']> = []
    for (const { key } of page.answerPlans) {
      const { perWeek = '', slots = [] } = plans[key] ?? {}
      const n = numberOf(perWeek)
      if (Number.isNaN(n)) return setWrong({ field: `plan.${key}`, text: t('badNumber') })
      if (n === undefined && slots.length > 0) return setWrong({ field: `plan.${key}`, text: t('howOften') })
      if (n !== undefined) often.push({ kind: key, perWeek: n, slots: slots.length > 0 ? slots : undefined })
    }
    const list: DoctorMedicine[] = []
    for (const [i, one] of medicines.entries()) {
      if (!one.name.trim()) continue
      const dose = numberOf(one.dose)
      const times = numberOf(one.times)
      if (Number.isNaN(dose)) return setWrong({ field: `body.medicines[${i}].dose`, text: t('badNumber') })
      if (Number.isNaN(times)) return setWrong({ field: `body.medicines[${i}].timesPerDay`, text: t('badNumber') })
      list.push({ name: one.name.trim(), action: one.action, dose, doseUnit: one.doseUnit.trim() || undefined, timesPerDay: times, doseText: one.doseText.trim() || undefined })
    }
    const answers = page.questions.map(({ id }) => ({ question: id, text: (replies[id] ?? '').trim() })).filter(({ text }) => text)
    const body: DoctorAnswer = {
      token,
      name: name.trim(),
      hospital: hospital.trim() || undefined,
      targets: Object.keys(limit).length > 0 ? limit : undefined,
      plans: often.length > 0 ? often : undefined,
      medicines: list.length > 0 ? list : undefined,
      nextVisit: next || undefined,
      answers: answers.length > 0 ? answers : undefined,
      note: note.trim() || undefined,
    }
    setBusy(true)
    setWrong(undefined)
    try {
      await post('/api/visit/answer', body)
      onSent()
    } catch (error) {
      const problem = error instanceof ApiError ? error.problem : undefined
      const text = error instanceof OfflineError ? t('offline') : [say(problem?.text), say(problem?.hintText)].filter(Boolean).join(' · ') || t('failed')
      const nth = /^body\.plans\[(\d+)\]/.exec(problem?.field ?? '')?.[1]
      setWrong({ field: nth ? `plan.${often[Number(nth)]?.kind ?? ''}` : (problem?.field ?? ''), text })
    } finally {
      setBusy(false)
    }
  }

  const change = (i: number, part: Partial<MedicineDraft>) => setMedicines(medicines.map((one, k) => (k === i ? { ...one, ...part } : one)))
  const known = ['body.name', 'body.hospital', 'body.nextVisit', ...page.answerPlans.map(({ key }) => `plan.${key}`), ...page.answerTargets.map(({ key }) => `body.targets.${key}`)]
  const elsewhere = wrong && !known.includes(wrong.field) && !/^body\.(?:medicines|answers)\[/.test(wrong.field) ? wrong.text : undefined
  return (
    <form
      className="doctor-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <h2>{t('answer')}</h2>
      {page.questions.length > 0 && (
        <fieldset>
          <legend>{t('questions')}</legend>
          {page.questions.map((one, i) => (
            <Field key={one.id} label={<span className="user-text">{one.text}</span>} wrong={wrong?.field.startsWith(`body.answers[${i}]`) ? wrong.text : undefined}>
              <textarea rows={2} maxLength={500} value={replies[one.id] ?? ''} onChange={(event) => setReplies({ ...replies, [one.id]: event.target.value })} />
            </Field>
          ))}
        </fieldset>
      )}
      {page.answerTargets.length > 0 && (
        <fieldset>
          <legend>
            {t('targets')} <span className="note">{t('keep')}</span>
          </legend>
          <div className="doctor-grid">
            {page.answerTargets.map(({ key, name: of, unit }) => (
              <Field key={key} label={`${say(of)} ${unit}`} wrong={at(`body.targets.${key}`)}>
                <input inputMode="decimal" value={limits[key] ?? ''} onChange={(event) => setLimits({ ...limits, [key]: event.target.value })} />
              </Field>
            ))}
          </div>
        </fieldset>
      )}
      {page.answerPlans.length > 0 && (
        <fieldset>
          <legend>
            {t('plan')} <span className="note">{t('keep')}</span>
          </legend>
          {page.answerPlans.map(({ key, name: of, slots }) => {
            const mine = plans[key] ?? { perWeek: '', slots: [] }
            const put = (part: Partial<typeof mine>) => setPlans({ ...plans, [key]: { ...mine, ...part } })
            return (
              <div key={key} className="doctor-plan">
                <Field label={t('perWeek', { what: say(of) })} wrong={at(`plan.${key}`)}>
                  <input inputMode="numeric" value={mine.perWeek} onChange={(event) => put({ perWeek: event.target.value })} />
                </Field>
                {slots.length > 0 && (
                  <div className="chips" role="group" aria-label={t('when')}>
                    {slots.map((one) => {
                      const on = mine.slots.includes(one.key)
                      return (
                        <button key={one.key} type="button" className="slot" role="checkbox" aria-checked={on} onClick={() => put({ slots: slots.map((each) => each.key).filter((each) => (each === one.key ? !on : mine.slots.includes(each))) })}>
                          {say(one.name)}
                        </button>
                      )
                    })}
                  </div>
                )}
              </div>
            )
          })}
        </fieldset>
      )}
      <fieldset>
        <legend>{t('medicines')}</legend>
        {medicines.map((one, i) => (
          <div key={i} className="doctor-medicine">
            <div className="chips" role="radiogroup" aria-label={t('medicines')}>
              {(['start', 'change', 'stop'] as const).map((action) => (
                <button key={action} type="button" role="radio" className="slot" aria-checked={one.action === action} onClick={() => change(i, { action })}>
                  {t(action)}
                </button>
              ))}
            </div>
            <Field label={t('medicine')} wrong={at(`body.medicines[${i}].name`) ?? (wrong?.field === `body.medicines[${i}]` ? wrong.text : undefined)}>
              <input value={one.name} maxLength={120} list="doctor-medicines" onChange={(event) => change(i, { name: event.target.value })} />
            </Field>
            {one.action !== 'stop' && (
              <div className="doctor-grid">
                <Field label={t('dose')} wrong={at(`body.medicines[${i}].dose`)}>
                  <input inputMode="decimal" value={one.dose} onChange={(event) => change(i, { dose: event.target.value })} />
                </Field>
                <Field label={t('doseUnit')} wrong={at(`body.medicines[${i}].doseUnit`)}>
                  <input value={one.doseUnit} maxLength={20} list="doctor-units" onChange={(event) => change(i, { doseUnit: event.target.value })} />
                </Field>
                <Field label={t('times')} wrong={at(`body.medicines[${i}].timesPerDay`)}>
                  <input inputMode="decimal" value={one.times} onChange={(event) => change(i, { times: event.target.value })} />
                </Field>
                <Field label={t('doseText')}>
                  <input value={one.doseText} maxLength={200} onChange={(event) => change(i, { doseText: event.target.value })} />
                </Field>
              </div>
            )}
            <button type="button" className="text-button" onClick={() => setMedicines(medicines.filter((_, k) => k !== i))}>
              {t('removeOne')}
            </button>
          </div>
        ))}
        <datalist id="doctor-medicines">
          {page.medicines.map((one) => (
            <option key={one.key} value={say(one.name)} />
          ))}
        </datalist>
        <datalist id="doctor-units">
          {['mg', 'g', 'U', 'μg'].map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        {medicines.length < 12 && (
          <button type="button" className="plain-button" onClick={() => setMedicines([...medicines, blank])}>
            {t('addMedicine')}
          </button>
        )}
      </fieldset>
      <fieldset>
        <legend>{t('next')}</legend>
        <Field label={t('next')} wrong={at('body.nextVisit')}>
          <input type="date" value={next} min={dateIn(new Date(page.at), page.zone)} onChange={(event) => setNext(event.target.value)} />
        </Field>
        <Field label={t('note')}>
          <textarea rows={3} maxLength={1000} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
      </fieldset>
      <fieldset>
        <legend>{t('who')}</legend>
        <Field label={t('name')} wrong={at('body.name')}>
          <input value={name} maxLength={60} autoComplete="name" onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t('hospital')} wrong={at('body.hospital')}>
          <input value={hospital} maxLength={120} autoComplete="organization" onChange={(event) => setHospital(event.target.value)} />
        </Field>
        <p className="note">{t('nameHint')}</p>
      </fieldset>
      {elsewhere && (
        <p className="field-error" role="alert">
          {elsewhere}
        </p>
      )}
      <button type="submit" className="main-button" disabled={busy}>
        {busy ? t('sending') : t('send')}
      </button>
    </form>
  )
}

/** What is wrong stands below its field and is no part of the field's name. */
function Field({ label, wrong, children }: { label: ReactNode; wrong?: string; children: ReactNode }) {
  return (
    <div className="field">
      <label>
        <span>{label}</span>
        {children}
      </label>
      {wrong && (
        <span className="field-error" role="alert">
          {wrong}
        </span>
      )}
    </div>
  )
}
