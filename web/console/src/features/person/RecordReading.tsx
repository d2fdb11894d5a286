import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Input, type InputRef, Radio, Segmented, Select } from 'antd'
import { useEffect, useId, useRef, useState } from 'react'
import { ApiError, newKey } from '../../../../client/http'
import type { Person, Unit } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { slots, useSlotName } from '../../../../ui/slots'
import { dateIn, clockIn, instantOf } from '../../../../ui/time'
import { unit as ownUnit, useMoment } from '../../layout/now'
import { record } from './person'
import { useWords } from './strings'

/** RecordReading takes a value told by word of mouth. The number goes out as typed; the server judges it. */
export function RecordReading({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const slotName = useSlotName()
  const { now, zone } = useMoment()
  const { notification } = Antd.useApp()
  const client = useQueryClient()
  const box = useRef<InputRef>(null)
  const [value, setValue] = useState('')
  const [unit, setUnit] = useState<Unit>(ownUnit)
  const [slot, setSlot] = useState('')
  const [when, setWhen] = useState<'now' | 'other'>('now')
  const [clock, setClock] = useState(() => `${dateIn(now, zone)}T${clockIn(now, zone)}`)
  const [note, setNote] = useState('')
  const [bad, setBad] = useState<'value' | 'time'>()
  const [clientId] = useState(newKey)
  useEffect(() => {
    const soon = setTimeout(() => box.current?.focus(), 50) // after the dialog has taken the focus itself
    return () => clearTimeout(soon)
  }, [])

  const save = useMutation({
    mutationFn: (measuredAt: string | undefined) =>
      record(person.id, { value: Number(value.trim()), unit, context: slot, measuredAt, note: note.trim() || undefined, clientId }),
    onSuccess: (done) => {
      void client.invalidateQueries({ queryKey: ['person', person.id] })
      void client.invalidateQueries({ queryKey: ['tasks'] })
      const title = done.confirm ? t('askValue', { text: say(done.confirm.text) }) : t('saved', { value: `${value.trim()} ${unit}` })
      notification[done.confirm ? 'warning' : 'success']({ title, duration: 10, placement: 'bottomLeft' })
      onClose()
    },
  })
  const submit = () => {
    const number = Number(value.trim())
    if (!value.trim() || !Number.isFinite(number) || number <= 0) {
      setBad('value')
      box.current?.focus()
      return
    }
    let at: Date | undefined
    if (when === 'other') {
      const [date = '', time = ''] = clock.split('T')
      at = date && time ? instantOf(date, time, zone) : new Date(Number.NaN)
      if (Number.isNaN(at.getTime()) || at > now) {
        setBad('time')
        return
      }
    }
    setBad(undefined)
    save.mutate(at?.toISOString())
  }
  const error = save.error
  const words = error instanceof ApiError ? say(error.problem.text) || t('saveFailed', { code: error.code || error.status }) : error && t('saveFailed', { code: 'net' })

  return (
    <form
      className="record"
      onSubmit={(e) => {
        e.preventDefault()
        submit()
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-value`}>{t('value')}</label>
        <span className="record-value">
          <Input
            id={`${id}-value`}
            ref={box}
            inputMode="decimal"
            autoComplete="off"
            value={value}
            status={bad === 'value' ? 'error' : undefined}
            aria-invalid={bad === 'value'}
            aria-describedby={bad === 'value' ? `${id}-bad` : undefined}
            onChange={(e) => setValue(e.target.value)}
          />
          <Segmented<Unit> aria-label={t('unit')} value={unit} onChange={setUnit} options={['mmol/L', 'mg/dL']} />
        </span>
        {bad === 'value' && (
          <p className="field-error" id={`${id}-bad`}>
            {t('badValue')}
          </p>
        )}
      </div>
      <div className="field">
        <label htmlFor={`${id}-slot`}>{t('slot')}</label>
        <Select
          id={`${id}-slot`}
          value={slot}
          onChange={setSlot}
          options={[{ value: '', label: t('unknownSlot') }, ...slots.map((key) => ({ value: key as string, label: slotName(key) }))]}
        />
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
            <Input type="datetime-local" aria-label={t('time')} value={clock} status={bad === 'time' ? 'error' : undefined} onChange={(e) => setClock(e.target.value)} />
          )}
        </span>
        {bad === 'time' && <p className="field-error">{t('badTime')}</p>}
      </div>
      <div className="field">
        <label htmlFor={`${id}-note`}>{t('note')}</label>
        <Input.TextArea id={`${id}-note`} rows={2} maxLength={500} value={note} onChange={(e) => setNote(e.target.value)} />
      </div>
      {words && (
        <p className="field-error" role="alert">
          {words}
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
