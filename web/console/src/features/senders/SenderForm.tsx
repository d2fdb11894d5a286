import { App as Antd, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { ApiError } from '../../../../client/http'
import type { Outlet, OutletField, Outlets } from '../../../../client/outlets'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { useSender } from './senders'
import { useWords } from './strings'

/** SenderForm connects a way out or changes it: what each kind asks for comes from the server. A secret left empty stays as it is. */
export function SenderForm({ all, one, onClose }: { all: Outlets; one?: Outlet; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const { message } = Antd.useApp()
  const { save } = useSender(one)
  const [kindKey, setKind] = useState(one?.kind ?? all.kinds[0]!.key)
  const kind = all.kinds.find((k) => k.key === kindKey)!
  const [name, setName] = useState(one?.name ?? '')
  const [set, setSet] = useState<Record<string, string>>(one?.set ?? {})
  const [tried, setTried] = useState(false)
  const has = (f: OutletField) => f.optional || Boolean(set[f.key]?.trim()) || Boolean(one?.secrets.includes(f.key))
  const lacking = name.trim() === '' ? 'name' : kind.fields.find((f) => !has(f))?.key
  const refused = save.error instanceof ApiError ? /^body\.(?:set\.)?(\w+)$/.exec(save.error.problem.field ?? '')?.[1] : undefined
  const wrong = (key: string): string | undefined =>
    tried && lacking === key ? t('must') : refused === key && save.error instanceof ApiError ? [say(save.error.problem.text), say(save.error.problem.hintText)].filter(Boolean).join('。') : undefined
  const send = () => {
    setTried(true)
    if (lacking) return document.getElementById(`sender-${lacking}`)?.focus()
    const said = Object.fromEntries(kind.fields.filter((f) => !(f.secret && !set[f.key]) && (set[f.key] ?? '') !== (one?.set[f.key] ?? '')).map((f) => [f.key, set[f.key] ?? '']))
    save.mutate(one ? { name, set: said } : { kind: kind.key, name, set: said }, {
      onSuccess: () => {
        void message.success(t('saved'))
        onClose()
      },
    })
  }
  const under = (key: string, hint: string) =>
    wrong(key) ? (
      <span className="data-wrong" role="alert">
        {wrong(key)}
      </span>
    ) : (
      <span className="note">{hint}</span>
    )
  const field = (f: OutletField) => {
    const id = `sender-${f.key}`
    const put = (value: string) => setSet({ ...set, [f.key]: value })
    const status = wrong(f.key) ? ('error' as const) : undefined
    const placeholder = one?.secrets.includes(f.key) ? t('isSet') : undefined
    const common = { id, value: set[f.key] ?? '', status, placeholder, autoComplete: 'off', spellCheck: false }
    return (
      <p key={f.key} className={f.long ? 'senders-field senders-wide' : 'senders-field'}>
        <label htmlFor={id}>
          {say(f.name)}
          {f.optional && <span className="note"> {t('optional')}</span>}
        </label>
        {f.key === 'corp' ? (
          <Select id={id} value={set[f.key]} status={status} placeholder={f.choices.length === 0 ? t('choose') : undefined} onChange={put} options={f.choices.map((c) => ({ value: c.id, label: c.name }))} />
        ) : f.options.length > 0 ? (
          <Select id={id} value={set[f.key]} status={status} allowClear={f.optional} onChange={(v?: string) => put(v ?? '')} options={f.options.map((o) => ({ value: o, label: o }))} />
        ) : f.long ? (
          <Input.TextArea {...common} rows={3} maxLength={4000} onChange={(e) => put(e.target.value)} />
        ) : (
          <Input {...common} maxLength={400} onChange={(e) => put(e.target.value)} />
        )}
        {under(f.key, f.key === 'corp' && f.choices.length === 0 ? t('choose') : say(f.hint))}
      </p>
    )
  }
  return (
    <Modal open width={680} title={one ? t('changeTitle', { name: one.name }) : t('addTitle')} okText={t(one ? 'save' : 'connect')} cancelText={t('cancel')} okButtonProps={{ loading: save.isPending }} onOk={send} onCancel={onClose} mask={{ closable: false }} destroyOnHidden>
      <div className="senders-form">
        {!one && (
          <p className="senders-field">
            <label htmlFor="sender-kind">{t('kind')}</label>
            <Select
              id="sender-kind"
              value={kindKey}
              onChange={(key) => {
                setKind(key)
                setSet({})
                setTried(false)
                save.reset()
              }}
              options={all.kinds.map((k) => ({ value: k.key, label: say(k.name) }))}
            />
            <span className="note">{say(kind.about)}</span>
          </p>
        )}
        <p className="senders-field">
          <label htmlFor="sender-name">{t('name')}</label>
          <Input id="sender-name" value={name} maxLength={40} status={wrong('name') ? 'error' : undefined} autoComplete="off" onChange={(e) => setName(e.target.value)} />
          {under('name', t('nameHint'))}
        </p>
        {kind.fields.map(field)}
      </div>
      {save.error && !refused && <ErrorBox error={save.error} />}
    </Modal>
  )
}
