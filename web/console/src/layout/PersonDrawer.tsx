import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { App as Antd, Button, Checkbox, Drawer, Input, Radio, Select } from 'antd'
import { type ReactNode, useId, useRef, useState } from 'react'
import { ApiError, newKey, patch, post } from '../../../client/http'
import type { Person } from '../../../client/types'
import { useLanguage, useSay } from '../../../ui/i18n'
import { useSession } from '../features/session/session'
import { catalogueQuery, workspaceQuery } from './catalogue'
import { useMoment } from './now'
import { usePersonWords } from './personWords'
import './person-drawer.css'

/** Purposes asked for at the desk; the phone asks for the rest. */
const atDesk = ['basic_service', 'health_data'] as const

interface Props {
  /** Whom to edit; undefined adds somebody. */
  person?: Person
  onClose: () => void
}

/** PersonDrawer adds a person, or edits who somebody is, who looks after them and which programmes they are in. */
export function PersonDrawer({ person, onClose }: Props) {
  const t = usePersonWords()
  const say = useSay()
  const language = useLanguage()
  const { now } = useMoment()
  const { can, staff } = useSession()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { notification } = Antd.useApp()
  const workspace = useQuery(workspaceQuery)
  const catalogue = useQuery(catalogueQuery)
  const [name, setName] = useState(person?.name ?? '')
  const [phone, setPhone] = useState('')
  const [gender, setGender] = useState(person?.gender ?? '')
  const [birthYear, setBirthYear] = useState(person?.birthYear ? String(person.birthYear) : '')
  const [alone, setAlone] = useState(person?.livesAlone === undefined ? '' : person.livesAlone ? 'yes' : 'no')
  const [programme, setProgramme] = useState('')
  const [joins, setJoins] = useState<string[]>([])
  const [leaves, setLeaves] = useState<string[]>([])
  const [owner, setOwner] = useState(person ? (person.owner?.id ?? '') : staff.id)
  const [doctor, setDoctor] = useState(person?.doctor?.id ?? '')
  const [consents, setConsents] = useState<string[]>([])
  const [basis, setBasis] = useState('')
  const [proof, setProof] = useState('')
  const [wrong, setWrong] = useState<Partial<Record<string, string>>>({})
  const key = useRef({ of: '', key: '' })
  const assigns = can.includes('people.assign')
  const programmes = workspace.data?.programmes ?? []
  const owners = workspace.data?.owners ?? []
  const doctors = owners.filter((one) => one.role === 'doctor')
  const joined = person?.programmes ?? []

  const save = useMutation({
    mutationFn: (body: Record<string, unknown>) => {
      const of = JSON.stringify(body)
      if (key.current.of !== of) key.current = { of, key: newKey() }
      const once = { idempotencyKey: key.current.key }
      return person ? patch<Person>(`/api/people/${person.id}`, body, { ...once, ifMatch: person.version }) : post<Person>('/api/people', body, once)
    },
    onSuccess: (done) => {
      for (const queryKey of [['person', done.id], ['people'], ['workspace'], ['tasks']]) void client.invalidateQueries({ queryKey })
      const title = person ? t('saved') : t(done.existing ? 'existing' : 'added', { name: done.name })
      notification[done.existing ? 'info' : 'success']({ title, duration: 10, placement: 'bottomLeft' })
      onClose()
      if (!person) void navigate({ to: '/people/$id', params: { id: done.id } })
    },
    onError: (error) => {
      if (!(error instanceof ApiError) || error.status !== 412) return
      notification.warning({ title: t('moved'), duration: 10, placement: 'bottomLeft' })
      void client.invalidateQueries({ queryKey: ['person', person?.id] }) // the page shows this form anew, with what holds now
    },
  })
  const problem = save.error instanceof ApiError ? save.error.problem : undefined
  const refused = /^body\.(\w+)$/.exec(problem?.field ?? '')?.[1]
  const why = problem ? [say(problem.text), say(problem.hintText)].filter(Boolean).join(language === 'zh' ? '。' : '. ') : ''
  const wrongOf = (field: string) => wrong[field] ?? (refused === field ? why : undefined)

  const submit = () => {
    const next: Partial<Record<string, string>> = {}
    const year = birthYear.trim()
    if (name.trim() === '') next.name = t('needName')
    if (year && !(/^\d{4}$/.test(year) && Number(year) >= 1900 && Number(year) <= now.getFullYear())) next.birthYear = t('needYear')
    if (consents.length > 0 && !basis) next.basis = t('needBasis')
    if (consents.length > 0 && !proof.trim()) next.proof = t('needProof')
    setWrong(next)
    if (Object.keys(next).length > 0 || save.isPending) return
    const was = person ?? { name: '', gender: '', birthYear: 0, livesAlone: undefined, owner: undefined, doctor: undefined }
    const changed = <T,>(value: T, before: unknown) => (value !== before && value !== '' ? value : undefined)
    save.mutate({
      name: changed(name.trim(), was.name),
      phone: phone.trim() || undefined,
      gender: changed(gender, was.gender),
      birthYear: year ? changed(Number(year), was.birthYear) : undefined,
      livesAlone: alone === '' ? undefined : changed(alone === 'yes', was.livesAlone ?? (person ? false : undefined)),
      owner: assigns ? changed(owner, was.owner?.id) : undefined,
      doctor: assigns ? changed(doctor, was.doctor?.id) : undefined,
      ...(person
        ? { joins: joins.length > 0 ? joins : undefined, leaves: leaves.length > 0 ? leaves : undefined }
        : { programme: programme || undefined, ...(consents.length > 0 && { consents, basis, proof: proof.trim() }) }),
    })
  }
  const named = (list: typeof owners) => list.map((one) => ({ value: one.id, label: one.name }))
  const stale = problem?.status === 412
  return (
    <Drawer
      open
      title={t(person ? 'edit' : 'add')}
      size={480}
      onClose={onClose}
      footer={
        <div className="person-form-foot">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="primary" loading={save.isPending} onClick={submit}>
            {t('save')}
          </Button>
        </div>
      }
    >
      <form
        className="person-form"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Field label={t('name')} wrong={wrongOf('name')}>
          {(id) => <Input id={id} value={name} maxLength={60} autoComplete="off" status={wrongOf('name') ? 'error' : undefined} onChange={(e) => setName(e.target.value)} />}
        </Field>
        <Field label={t('phone')} wrong={wrongOf('phone')} note={t('phoneNote')}>
          {(id) => (
            <Input id={id} value={phone} maxLength={20} inputMode="tel" autoComplete="off" placeholder={person?.last4 ? t('phoneKeep', { last4: person.last4 }) : undefined} status={wrongOf('phone') ? 'error' : undefined} onChange={(e) => setPhone(e.target.value)} />
          )}
        </Field>
        <div className="person-form-pair">
          <Group label={t('gender')}>
            {(id) => (
              <Radio.Group aria-labelledby={id} value={gender} onChange={(e) => setGender(e.target.value as string)} options={[{ value: 'female', label: t('female') }, { value: 'male', label: t('male') }]} />
            )}
          </Group>
          <Field label={t('birthYear')} wrong={wrongOf('birthYear')}>
            {(id) => <Input id={id} value={birthYear} maxLength={4} inputMode="numeric" placeholder={t('birthHint')} status={wrongOf('birthYear') ? 'error' : undefined} onChange={(e) => setBirthYear(e.target.value)} />}
          </Field>
        </div>
        <Group label={t('alone')}>
          {(id) => (
            <Radio.Group
              aria-labelledby={id}
              value={alone}
              onChange={(e) => setAlone(e.target.value as string)}
              options={[{ value: 'yes', label: t('yes') }, { value: 'no', label: t('no') }, ...(person ? [] : [{ value: '', label: t('unknown') }])]}
            />
          )}
        </Group>
        {assigns && (
          <div className="person-form-pair">
            <Field label={t('owner')} wrong={wrongOf('owner')}>
              {(id) => <Select id={id} value={owner || undefined} onChange={setOwner} options={named(owners)} />}
            </Field>
            <Field label={t('doctor')} wrong={wrongOf('doctor')}>
              {(id) => <Select id={id} value={doctor} onChange={setDoctor} options={[...(person?.doctor ? [] : [{ value: '', label: t('noDoctor') }]), ...named(doctors)]} />}
            </Field>
          </div>
        )}
        {person ? (
          <div className="person-form-pair">
            <Field label={t('join')} wrong={wrongOf('join')}>
              {(id) => (
                <Select
                  id={id}
                  mode="multiple"
                  value={joins}
                  onChange={setJoins}
                  placeholder={t('nothing')}
                  optionFilterProp="label"
                  options={programmes.filter((one) => !joined.some((in_) => in_.key === one.key)).map((one) => ({ value: one.key, label: say(one.name) }))}
                />
              )}
            </Field>
            <Field label={t('leave')} wrong={wrongOf('leave')} note={leaves.length > 0 ? t('leaveNote') : undefined}>
              {(id) => <Select id={id} mode="multiple" value={leaves} onChange={setLeaves} placeholder={t('nothing')} optionFilterProp="label" options={joined.map((one) => ({ value: one.key, label: say(one.name) }))} />}
            </Field>
          </div>
        ) : (
          <>
            <Field label={t('programme')} wrong={wrongOf('programme')}>
              {(id) => <Select id={id} value={programme} onChange={setProgramme} options={[{ value: '', label: t('usual') }, ...programmes.map((one) => ({ value: one.key, label: say(one.name) }))]} />}
            </Field>
            <Group label={t('consents')} note={t('consentsNote')} wrong={wrongOf('consents')}>
              {(id) => (
                <div role="group" aria-labelledby={id} className="person-form-ticks">
                  {atDesk.map((purpose) => (
                    <Checkbox
                      key={purpose}
                      checked={consents.includes(purpose)}
                      onChange={(e) => setConsents((before) => (e.target.checked ? [...before, purpose] : before.filter((one) => one !== purpose)))}
                    >
                      {say(catalogue.data?.purposes[purpose])}
                    </Checkbox>
                  ))}
                </div>
              )}
            </Group>
            {consents.length > 0 && (
              <>
                <Group label={t('basis')} wrong={wrongOf('basis')}>
                  {(id) => (
                    <Radio.Group
                      aria-labelledby={id}
                      value={basis}
                      onChange={(e) => setBasis(e.target.value as string)}
                      options={[{ value: 'paper', label: t('basis_paper') }, { value: 'recorded_call', label: t('basis_recorded_call') }]}
                    />
                  )}
                </Group>
                <Field label={t('proof')} wrong={wrongOf('proof')}>
                  {(id) => <Input id={id} value={proof} maxLength={200} placeholder={t('proofHint')} status={wrongOf('proof') ? 'error' : undefined} onChange={(e) => setProof(e.target.value)} />}
                </Field>
              </>
            )}
          </>
        )}
        {save.error && !refused && !stale && (
          <p className="field-error" role="alert">
            {why || t('failed', { code: problem?.code ?? 'net' })}
          </p>
        )}
      </form>
    </Drawer>
  )
}

interface BoxProps {
  label: string
  wrong?: string
  note?: string
  children: (id: string) => ReactNode
}

function Field({ label, wrong, note, children }: BoxProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {wrong ? <p className="field-error">{wrong}</p> : note && <p className="note">{note}</p>}
    </div>
  )
}

function Group({ label, wrong, note, children }: BoxProps) {
  const id = useId()
  return (
    <div className="field">
      <span id={id}>{label}</span>
      {children(id)}
      {wrong && <p className="field-error">{wrong}</p>}
      {note && <p className="note">{note}</p>}
    </div>
  )
}
