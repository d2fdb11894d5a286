import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Input, Modal, Popconfirm, Radio, Select } from 'antd'
import { useId, useRef, useState } from 'react'
import type { Relative, Relatives } from '../../../../client/family'
import { ApiError, del, get, newKey, post, put } from '../../../../client/http'
import type { Person } from '../../../../client/types'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { useWords } from './strings'

/** FamilyModal adds relatives, says what they may know and ends relations; sharing rests on the person's consent. */
export function FamilyModal({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const at = `/api/people/${person.id}/family`
  const family = useQuery({ queryKey: ['person', person.id, 'family'] as const, queryFn: ({ signal }) => get<Relatives>(at, { signal }) })
  const [editing, setEditing] = useState<Relative | 'new'>()
  const end = useMutation({
    mutationFn: (id: string) => del<Relatives>(`${at}/${encodeURIComponent(id)}`, { idempotencyKey: newKey() }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['person', person.id] }),
  })
  const data = family.data
  return (
    <Modal open title={t('familyTitle', { name: person.name })} footer={null} onCancel={onClose} width={520}>
      {family.error ? (
        <ErrorBox error={family.error} onRetry={() => void family.refetch()} />
      ) : !data ? (
        <Skeleton lines={4} />
      ) : editing ? (
        <Form key={editing === 'new' ? 'new' : editing.id} at={at} person={person} family={data} one={editing === 'new' ? undefined : editing} onDone={() => setEditing(undefined)} />
      ) : (
        <div className="record">
          {data.items.length === 0 && <p className="unknown">{t('familyNone')}</p>}
          <ul className="measures-list">
            {data.items.map((one) => (
              <li key={one.id}>
                <b className="user-text">
                  {say(one.kindName)} {one.name}
                </b>
                <span>{one.scopes.length === 0 ? t('sharesNothing') : one.scopes.map((key) => say(data.scopes.find((x) => x.key === key)?.name)).join(t('comma'))}</span>
                {one.said && <span className="note">{one.saidName ? t('relationSaid', { name: one.saidName }) : t('relationSaidSelf')}</span>}
                <span className="measures-acts">
                  <button type="button" className="link" onClick={() => setEditing(one)}>
                    {t('familyChange')}
                  </button>
                  <Popconfirm title={t('familyEndAsk', { name: one.name })} okText={t('familyEnd')} cancelText={t('cancel')} onConfirm={() => end.mutate(one.id)}>
                    <button type="button" className="link">
                      {t('familyEnd')}
                    </button>
                  </Popconfirm>
                </span>
              </li>
            ))}
          </ul>
          {data.items.some((one) => one.scopes.length > 0 && !(one.shared ?? data.shared)) && <p className="note">{t('familyUnshared')}</p>}
          <div className="record-foot">
            <Button type="primary" onClick={() => setEditing('new')}>
              {t('familyAdd')}
            </Button>
          </div>
        </div>
      )}
    </Modal>
  )
}

function Form({ at, person, family, one, onDone }: { at: string; person: Person; family: Relatives; one?: Relative; onDone: () => void }) {
  const t = useWords()
  const say = useSay()
  const language = useLanguage()
  const id = useId()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [phone, setPhone] = useState('')
  const [kind, setKind] = useState(one?.kind ?? '')
  const [scopes, setScopes] = useState<string[]>(one?.scopes ?? [])
  const [basis, setBasis] = useState('')
  const [proof, setProof] = useState('')
  const [wrong, setWrong] = useState<Partial<Record<string, string>>>({})
  const key = useRef({ of: '', key: '' })
  const rule = family.kinds.find((x) => x.key === kind)
  const offered = family.scopes.filter((x) => !rule?.items || rule.items.includes(x.key))
  const chosen = scopes.filter((key) => offered.some((x) => x.key === key))
  const guards = rule?.group === 'guardian'
  const asks = guards || (!(rule?.shared ?? family.shared) && chosen.length > 0)
  const save = useMutation({
    mutationFn: (body: Record<string, unknown>) => {
      const of = JSON.stringify(body)
      if (key.current.of !== of) key.current = { of, key: newKey() }
      const once = { idempotencyKey: key.current.key }
      return one ? put<Relatives>(`${at}/${encodeURIComponent(one.id)}`, body, once) : post<Relatives>(at, body, once)
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['person', person.id] })
      onDone()
    },
  })
  const problem = save.error instanceof ApiError ? save.error.problem : undefined
  const why = problem ? [say(problem.text), say(problem.hintText)].filter(Boolean).join(language === 'zh' ? '。' : '. ') : save.error ? t('saveFailed', { code: 'net' }) : ''
  const submit = () => {
    const next: Partial<Record<string, string>> = {}
    if (!one && !name.trim()) next.name = t('familyNeed')
    if (!one && phone.replace(/\D/g, '').length < 5) next.phone = t('familyNeed')
    if (!kind) next.kind = t('needPick')
    if (asks && !guards && !basis) next.basis = t('needPick')
    if (asks && !proof.trim()) next.proof = t('familyNeed')
    setWrong(next)
    if (Object.keys(next).length > 0 || save.isPending) return
    save.mutate({ ...(!one && { name: name.trim(), phone: phone.trim() }), kind, scopes: chosen, ...(asks && { basis, proof: proof.trim() }) })
  }
  return (
    <form
      className="record"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {!one && (
        <>
          <div className="field">
            <label htmlFor={`${id}-name`}>{t('familyName')}</label>
            <Input id={`${id}-name`} value={name} maxLength={60} autoComplete="off" status={wrong.name ? 'error' : undefined} onChange={(e) => setName(e.target.value)} />
            {wrong.name && <p className="field-error">{wrong.name}</p>}
          </div>
          <div className="field">
            <label htmlFor={`${id}-phone`}>{t('familyPhone')}</label>
            <Input id={`${id}-phone`} value={phone} maxLength={20} inputMode="tel" autoComplete="off" status={wrong.phone ? 'error' : undefined} onChange={(e) => setPhone(e.target.value)} />
            {wrong.phone && <p className="field-error">{wrong.phone}</p>}
          </div>
        </>
      )}
      <div className="field">
        <label htmlFor={`${id}-kind`}>{t('familyKind')}</label>
        <Select id={`${id}-kind`} value={kind || undefined} status={wrong.kind ? 'error' : undefined} onChange={setKind} options={family.kinds.map((x) => ({ value: x.key, label: say(x.name) }))} />
        {wrong.kind && <p className="field-error">{wrong.kind}</p>}
      </div>
      <div className="field">
        <b id={`${id}-scopes`}>{t('familyScopes')}</b>
        <div role="group" aria-labelledby={`${id}-scopes`} className="record-when">
          {offered.map((x) => (
            <Checkbox key={x.key} checked={scopes.includes(x.key)} onChange={(e) => setScopes((before) => (e.target.checked ? [...before, x.key] : before.filter((y) => y !== x.key)))}>
              {say(x.name)}
            </Checkbox>
          ))}
        </div>
      </div>
      {asks && (
        <>
          <p className="note">{t(guards ? 'guardianAsk' : rule?.consent === 'hcp_share' ? 'doctorAsk' : 'familyAsk')}</p>
          {!guards && <div className="field">
            <b id={`${id}-basis`}>{t('familyBasis')}</b>
            <Radio.Group
              aria-labelledby={`${id}-basis`}
              value={basis}
              onChange={(e) => setBasis(e.target.value as string)}
              options={[
                { value: 'paper', label: t('familyPaper') },
                { value: 'recorded_call', label: t('familyCall') },
              ]}
            />
            {wrong.basis && <p className="field-error">{wrong.basis}</p>}
          </div>}
          <div className="field">
            <label htmlFor={`${id}-proof`}>{t('familyProof')}</label>
            <Input id={`${id}-proof`} value={proof} maxLength={200} status={wrong.proof ? 'error' : undefined} onChange={(e) => setProof(e.target.value)} />
            {wrong.proof && <p className="field-error">{wrong.proof}</p>}
          </div>
        </>
      )}
      {why && (
        <p className="field-error" role="alert">
          {why}
        </p>
      )}
      <div className="record-foot">
        <Button onClick={onDone}>{t('cancel')}</Button>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('save')}
        </Button>
      </div>
    </form>
  )
}
