import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Input, Radio, Select } from 'antd'
import { useId, useRef, useState } from 'react'
import type { FileEntry } from '../../../../client/file'
import { ApiError, newKey } from '../../../../client/http'
import { alsoRequired, measureFields, measureOf, type MeasureType, measureValues } from '../../../../client/measures'
import type { Catalogue, Person } from '../../../../client/types'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { Skeleton } from '../../../../ui/states'
import { clockIn, dateIn, instantOf } from '../../../../ui/time'
import { catalogueQuery } from '../../layout/catalogue'
import { useMoment } from '../../layout/now'
import { saveMeasure } from './person'
import { useWords } from './strings'

interface Props {
  person: Person
  type: MeasureType
  entry?: FileEntry
  onClose: () => void
}

type Field = Catalogue['eventTypes'][number]['fields'][number]

/** RecordMeasure takes a pressure, pain, weight or symptom; words, units and limits come from the catalogue. */
export function RecordMeasure({ person, type, entry, onClose }: Props) {
  const t = useWords()
  const say = useSay()
  const language = useLanguage()
  const id = useId()
  const { now, zone } = useMoment()
  const { notification } = Antd.useApp()
  const client = useQueryClient()
  const catalogue = useQuery(catalogueQuery)
  const [values, setValues] = useState(() => measureValues(entry))
  const [wrong, setWrong] = useState<Partial<Record<string, string>>>({})
  const [when, setWhen] = useState<'now' | 'other'>(entry ? 'other' : 'now')
  const shown = entry ? new Date(entry.at) : now
  const [clock, setClock] = useState(() => `${dateIn(shown, zone)}T${clockIn(shown, zone)}`)
  const untouched = useRef(clock)
  const key = useRef({ of: '', key: '' })
  const specs = catalogue.data?.eventTypes.find((one) => one.key === type)?.fields ?? []

  const save = useMutation({
    mutationFn: (body: { type: string; properties: Record<string, unknown>; at?: string }) => {
      const of = JSON.stringify(body)
      if (key.current.of !== of) key.current = { of, key: newKey() }
      return saveMeasure(person.id, body, key.current.key, entry?.id)
    },
    onSuccess: (done) => {
      void client.invalidateQueries({ queryKey: ['person', person.id] })
      void client.invalidateQueries({ queryKey: ['tasks'] })
      const text = say(done.entry.text)
      notification[done.card ? 'warning' : 'success']({ title: t(done.card ? 'cardSent' : 'savedMeasure', { text }), duration: 10, placement: 'bottomLeft' })
      onClose()
    },
  })
  const error = save.error
  const problem = error instanceof ApiError ? error.problem : undefined
  const refused = /^body\.(?:properties\.)?(\w+)$/.exec(problem?.field ?? '')?.[1]
  const why = problem ? [say(problem.text), say(problem.hintText)].filter(Boolean).join(language === 'zh' ? '。' : '. ') : ''
  const submit = () => {
    const { properties, wrong: found } = measureOf(type, values, [...specs.filter((one) => one.required).map((one) => one.name), ...(alsoRequired[type] ?? [])])
    const next: Partial<Record<string, string>> = {}
    for (const name of Object.keys(found)) next[name] = t(name === 'site' || name === 'kind' ? 'needPick' : 'needNumber')
    let at: string | undefined
    if (when === 'other' && !(entry && clock === untouched.current)) {
      const [date = '', time = ''] = clock.split('T')
      const moment = date && time ? instantOf(date, time, zone) : new Date(Number.NaN)
      if (Number.isNaN(moment.getTime()) || moment > now) next.at = t('badTime')
      else at = moment.toISOString()
    }
    setWrong(next)
    if (Object.keys(next).length === 0 && !save.isPending) save.mutate({ type, properties, at })
  }
  if (!catalogue.data) return <Skeleton lines={6} />
  const fields = measureFields[type].flatMap((name) => specs.find((one) => one.name === name) ?? [])
  const wrongOf = (name: string) => wrong[name] ?? (refused === name ? why : undefined)
  const set = (name: string, value: string) => {
    setValues((before) => ({ ...before, [name]: value }))
    setWrong((before) => ({ ...before, [name]: undefined }))
  }
  const figures = fields.filter((one) => one.kind !== 'code')
  const label = (one: Field) =>
    one.name === 'value' ? t(type === 'pain' ? 'f_pain' : 'f_weight') : t(`f_${one.name as 'systolic' | 'diastolic' | 'pulse' | 'severity'}`)
  const elsewhere = error && !(refused && (refused === 'at' || fields.some((one) => one.name === refused)))
  return (
    <form
      className="record"
      onSubmit={(e) => {
        e.preventDefault()
        submit()
      }}
    >
      {fields
        .filter((one) => one.kind === 'code')
        .map((one) => (
          <div className="field" key={one.name}>
            <label htmlFor={`${id}-${one.name}`}>{t(one.name === 'site' ? 'f_site' : 'f_kind')}</label>
            <Select
              id={`${id}-${one.name}`}
              value={values[one.name]}
              status={wrongOf(one.name) ? 'error' : undefined}
              showSearch={{ optionFilterProp: 'label' }}
              onChange={(value: string) => set(one.name, value)}
              options={[...(one.words ?? [])].sort((a, b) => Number(a.key === 'other') - Number(b.key === 'other')).map((word) => ({ value: word.key, label: say(word.name) }))}
            />
            {wrongOf(one.name) && <p className="field-error">{wrongOf(one.name)}</p>}
          </div>
        ))}
      <div className="record-figures">
        {figures.map((one) => (
          <div className="field" key={one.name}>
            <label htmlFor={`${id}-${one.name}`}>{label(one)}</label>
            <span className="record-value">
              <Input
                id={`${id}-${one.name}`}
                inputMode="decimal"
                autoComplete="off"
                maxLength={6}
                value={values[one.name] ?? ''}
                status={wrongOf(one.name) ? 'error' : undefined}
                aria-invalid={wrongOf(one.name) !== undefined}
                aria-describedby={`${id}-${one.name}-note`}
                onChange={(e) => set(one.name, e.target.value)}
              />
              {one.unitWord ? say(one.unitWord) : one.unit}
            </span>
            <p className={wrongOf(one.name) ? 'field-error' : 'note'} id={`${id}-${one.name}-note`}>
              {wrongOf(one.name) ?? (one.min !== undefined && one.max !== undefined && t('between', { min: one.min, max: one.max }))}
            </p>
          </div>
        ))}
      </div>
      <div className="field">
        <b id={`${id}-when`}>{t('time')}</b>
        <span className="record-when">
          <Radio.Group
            aria-labelledby={`${id}-when`}
            value={when}
            onChange={(e) => setWhen(e.target.value as 'now' | 'other')}
            options={[
              { value: 'now', label: t('timeNow') },
              { value: 'other', label: t('timeOther') },
            ]}
          />
          {when === 'other' && (
            <Input type="datetime-local" aria-label={t('time')} value={clock} status={wrongOf('at') ? 'error' : undefined} onChange={(e) => setClock(e.target.value)} />
          )}
        </span>
        {wrongOf('at') && <p className="field-error">{wrongOf('at')}</p>}
      </div>
      {specs.some((one) => one.name === 'note') && (
        <div className="field">
          <label htmlFor={`${id}-note`}>{t('note')}</label>
          <Input.TextArea id={`${id}-note`} rows={2} maxLength={500} value={values.note ?? ''} onChange={(e) => set('note', e.target.value)} />
        </div>
      )}
      {elsewhere && (
        <p className="field-error" role="alert">
          {why || t('saveFailed', { code: problem?.code ?? 'net' })}
        </p>
      )}
      <p className="note">{t('recordHint')}</p>
      <div className="record-foot">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
