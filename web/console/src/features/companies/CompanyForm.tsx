import { App as Antd, Button, Input, InputNumber, Modal, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { ApiError } from '../../../../client/http'
import type { Companies, Company, CompanyChange } from '../../../../client/companies'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { random, randomKey, useCompany } from './companies'
import { useWords } from './strings'

const secrets = ['app', 'contact', 'kf', 'archive', 'key'] as const
type Field = 'name' | 'corpId' | 'agent' | 'app' | 'contact' | 'kf' | 'archive' | 'token' | 'key' | 'base' | 'programme'

/** CompanyForm connects a company or changes how: each field says where WeCom's console has it. A secret left empty stays as it is. */
export function CompanyForm({ all, company, onClose, onSaved }: { all: Companies; company?: Company; onClose: () => void; onSaved?: (saved: Company) => void }) {
  const t = useWords()
  const say = useSay()
  const { message } = Antd.useApp()
  const { save } = useCompany(company)
  const [said, setSaid] = useState<CompanyChange>(
    company ? { name: company.name, corpId: company.corpId, agent: company.agent, token: company.token, base: company.base, programme: company.programme } : { token: random(24), key: randomKey() },
  )
  const [tried, setTried] = useState(false)
  const has = (field: Field) => Boolean(said[field]) || (company?.set as readonly string[] | undefined)?.includes(field)
  const lacking = (['name', 'corpId', 'agent', 'app', 'token', 'key'] as const).find((field) => !has(field))
  const refused = save.error instanceof ApiError ? /^body\.(\w+)$/.exec(save.error.problem.field ?? '')?.[1] : undefined
  const wrong = (field: Field): string | undefined =>
    tried && lacking === field ? t('must') : refused === field && save.error instanceof ApiError ? [say(save.error.problem.text), say(save.error.problem.hintText)].filter(Boolean).join('。') : undefined
  const send = () => {
    setTried(true)
    if (lacking) return document.getElementById(`company-${lacking}`)?.focus()
    const body = Object.fromEntries(Object.entries(said).filter(([key, value]) => value !== '' || !(secrets as readonly string[]).includes(key))) as CompanyChange
    save.mutate(body, {
      onSuccess: (saved) => {
        void message.success(t('saved'))
        onSaved?.(saved)
        onClose()
      },
    })
  }
  const line = (field: Field, hint: string, input: ReactNode) => (
    <p className="companies-field">
      <label htmlFor={`company-${field}`}>{t(field)}</label>
      {input}
      {wrong(field) ? (
        <span className="data-wrong" role="alert">
          {wrong(field)}
        </span>
      ) : (
        <span className="note">{hint}</span>
      )}
    </p>
  )
  const text = (field: Exclude<Field, 'agent' | 'programme'>, hint: string, more?: { secret?: boolean; make?: () => string }) => {
    const isSet = more?.secret && company?.set.includes(field as Company['set'][number])
    const input = (
      <Input
        id={`company-${field}`}
        value={said[field] ?? ''}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        status={wrong(field) ? 'error' : undefined}
        placeholder={isSet ? t('isSet') : undefined}
        onChange={(e) => setSaid({ ...said, [field]: e.target.value.trim() === '' ? '' : e.target.value })}
      />
    )
    return line(field, hint, more?.make ? <span className="companies-made">{input}<Button onClick={() => setSaid({ ...said, [field]: more.make!() })}>{t('make')}</Button></span> : input)
  }
  return (
    <Modal open width={680} title={company ? t('changeTitle', { name: company.name }) : t('addTitle')} okText={t(company ? 'save' : 'connect')} cancelText={t('cancel')} okButtonProps={{ loading: save.isPending }} onOk={send} onCancel={onClose} mask={{ closable: false }} destroyOnHidden>
      <div className="companies-form">
        {text('name', t('nameHint'))}
        {text('corpId', t('corpIdHint'))}
        {line('agent', t('agentHint'), <InputNumber id="company-agent" controls={false} min={1} max={999_999_999} precision={0} value={said.agent || null} status={wrong('agent') ? 'error' : undefined} onChange={(n) => setSaid({ ...said, agent: n ?? 0 })} />)}
        {text('app', t('appHint'), { secret: true })}
        {text('contact', t('contactHint'), { secret: true })}
        {text('kf', t('kfHint'), { secret: true })}
        {text('archive', t('archiveHint'), { secret: true })}
        {line(
          'programme',
          '',
          <Select id="company-programme" value={said.programme ?? ''} onChange={(programme) => setSaid({ ...said, programme })} options={[{ value: '', label: t('first') }, ...all.programmes.map((one) => ({ value: one.key, label: say(one.text) }))]} />,
        )}
        {text('token', t('tokenHint'), { make: () => random(24) })}
        {text('key', t('keyHint'), { secret: true, make: randomKey })}
        {text('base', t('baseHint'))}
      </div>
      {save.error && !refused && <ErrorBox error={save.error} />}
    </Modal>
  )
}
