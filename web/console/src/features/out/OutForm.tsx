import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Checkbox, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import type { ApiKey, NewApiKey, NewWebhook, OutChange, Outs, Webhook } from '../../../../client/outs'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { addKey, addWebhook, changeKey, changeWebhook } from './out'
import { useWords } from './strings'

interface Props {
  all: Outs
  kind: 'hook' | 'key'
  /** Undefined: a new one. */
  hook?: Webhook
  apiKey?: ApiKey
  onClose: () => void
  onKey?: (fresh: NewApiKey) => void
  onHook?: (fresh: NewWebhook) => void
}

const day = /^\d{4}-\d{2}-\d{2}$/

/** OutForm adds or changes a webhook or a key: who gets it, on what basis, and what of it. */
export function OutForm({ all, kind, hook, apiKey, onClose, onKey, onHook }: Props) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const old = hook ?? apiKey
  const [name, setName] = useState(old?.name ?? '')
  const [url, setURL] = useState('')
  const [since, setSince] = useState('')
  const [scopes, setScopes] = useState(apiKey?.scopes ?? ['events.read'])
  const [basis, setBasis] = useState(old?.receiver.basis ?? all.bases[0]?.key ?? '')
  const [contract, setContract] = useState(old?.receiver.contract ?? '')
  const [abroad, setAbroad] = useState(old?.receiver.abroad ?? false)
  const [approval, setApproval] = useState(old?.receiver.approval ?? '')
  const [types, setTypes] = useState(old?.types ?? [])
  const [programmes, setProgrammes] = useState(old?.programmes ?? [])
  const [expires, setExpires] = useState(apiKey?.expires?.slice(0, 10) ?? '')
  const [names, setNames] = useState(hook?.names ?? false)
  const [history, setHistory] = useState(hook?.history ?? false)
  const [tried, setTried] = useState(false)
  const wrong =
    name.trim() === '' ? t('nameMust')
    : kind === 'hook' && !hook && url.trim() === '' ? t('urlMust')
    : kind === 'key' && !scopes.some((one) => one !== 'names.read') ? t('scopesMust')
    : basis === 'entrusted' && contract.trim() === '' ? t('contractMust')
    : abroad && approval.trim() === '' ? t('approvalMust')
    : [expires, since].some((one) => one.trim() !== '' && !day.test(one.trim())) ? t('expiresBad')
    : undefined
  const act = useMutation({
    mutationFn: async () => {
      const body: OutChange = { name: name.trim(), types, programmes, receiver: { basis, contract: basis === 'entrusted' ? contract.trim() : undefined, abroad, approval: abroad ? approval.trim() : undefined } }
      if (kind === 'hook') {
        Object.assign(body, { names, history, url: url.trim() || undefined })
        if (hook) await changeWebhook(hook.id, body)
        else onHook?.(await addWebhook({ ...body, since: since.trim() || undefined }))
      } else {
        Object.assign(body, { scopes, expires: expires.trim() })
        if (apiKey) await changeKey(apiKey.id, body)
        else onKey?.(await addKey(body))
      }
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['out'] })
      if (old) void message.success(t('saved'))
      onClose()
    },
  })
  const send = () => {
    setTried(true)
    if (!wrong) act.mutate()
  }
  const title = kind === 'hook' ? (hook ? t('hookChange', { name: hook.name }) : t('hookAdd')) : apiKey ? t('keyChange', { name: apiKey.name }) : t('keyAdd')
  return (
    <Modal open width={680} title={title} okText={t(old ? 'save' : 'make')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={send} onCancel={onClose} mask={{ closable: false }} destroyOnHidden>
      <div className="data-form">
        <label className="data-field">
          <span>{t('name')}</span>
          <Input value={name} maxLength={60} aria-label={t('name')} autoFocus onChange={(e) => setName(e.target.value)} />
          <span className="note">{t('nameHint')}</span>
        </label>
        {kind === 'hook' && (
          <label className="data-field">
            <span>{t('url')}</span>
            <Input value={url} maxLength={1000} aria-label={t('url')} placeholder={hook ? hook.place : 'https://'} onChange={(e) => setURL(e.target.value)} />
            <span className="note">{hook ? t('urlKeep') : t('urlHint')}</span>
          </label>
        )}
        {kind === 'key' && (
          <div className="data-field" role="group" aria-label={t('scopes')}>
            <span>{t('scopes')}</span>
            <Checkbox.Group value={scopes} onChange={setScopes} options={all.scopes.map((one) => ({ value: one.key, label: say(one.text) }))} />
          </div>
        )}
        <label className="data-field">
          <span>{t('basis')}</span>
          <Select aria-label={t('basis')} value={basis} onChange={setBasis} options={all.bases.map((one) => ({ value: one.key, label: say(one.text) }))} />
          <span className="note">{t('basisHint')}</span>
        </label>
        {basis === 'entrusted' && (
          <label className="data-field">
            <span>{t('contract')}</span>
            <Input value={contract} maxLength={100} aria-label={t('contract')} onChange={(e) => setContract(e.target.value)} />
          </label>
        )}
        <Checkbox checked={abroad} onChange={(e) => setAbroad(e.target.checked)}>
          {t('abroad')}
        </Checkbox>
        {abroad && (
          <label className="data-field">
            <span>{t('approval')}</span>
            <Input value={approval} maxLength={100} aria-label={t('approval')} onChange={(e) => setApproval(e.target.value)} />
          </label>
        )}
        <div className="data-pair">
          <label className="data-field">
            <span>{t('types')}</span>
            <Select mode="multiple" maxTagCount={3} aria-label={t('types')} value={types} placeholder={t('typesAll')} onChange={setTypes} showSearch={{ optionFilterProp: 'label' }} options={all.types.map((one) => ({ value: one.key, label: say(one.text) }))} />
          </label>
          <label className="data-field">
            <span>{t('programmes')}</span>
            <Select mode="multiple" aria-label={t('programmes')} value={programmes} placeholder={t('programmesAll')} onChange={setProgrammes} options={all.programmes.map((one) => ({ value: one.key, label: say(one.text) }))} />
          </label>
          {kind === 'key' && (
            <label className="data-field">
              <span>{t('expires')}</span>
              <Input value={expires} maxLength={10} aria-label={t('expires')} placeholder="2027-12-31" onChange={(e) => setExpires(e.target.value)} />
              <span className="note">{t('expiresNone')}</span>
            </label>
          )}
          {kind === 'hook' && !hook && (
            <label className="data-field">
              <span>{t('since')}</span>
              <Input value={since} maxLength={10} aria-label={t('since')} placeholder={t('sinceNow')} onChange={(e) => setSince(e.target.value)} />
              <span className="note">{t('sinceHint')}</span>
            </label>
          )}
        </div>
        {kind === 'hook' && (
          <div className="data-field">
            <Checkbox checked={history} onChange={(e) => setHistory(e.target.checked)}>
              {t('history')}
            </Checkbox>
            <Checkbox checked={names} onChange={(e) => setNames(e.target.checked)}>
              {t('names')}
            </Checkbox>
          </div>
        )}
        {tried && wrong && (
          <p className="data-wrong" role="alert">
            {wrong}
          </p>
        )}
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}
