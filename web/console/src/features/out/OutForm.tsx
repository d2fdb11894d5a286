import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Checkbox, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import type { ApiKey, NewApiKey, NewWebhook, OutChange, Outs, Webhook } from '../../../../client/outs'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { addKey, addWebhook, changeKey, changeWebhook } from './out'
import { useWords } from './strings'
import { useFirstWrong, type Wrong } from './wrong'

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

type Field = 'name' | 'url' | 'scopes' | 'contract' | 'approval' | 'expires' | 'since'

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
  const bad = (field: Field, text: string): Wrong<Field> => ({ field, text })
  const notADay = (value: string) => value.trim() !== '' && !day.test(value.trim())
  const first = useFirstWrong<Field>(
    name.trim() === '' ? bad('name', t('nameMust'))
    : kind === 'hook' && !hook && url.trim() === '' ? bad('url', t('urlMust'))
    : kind === 'key' && !scopes.some((one) => one !== 'names.read') ? bad('scopes', t('scopesMust'))
    : basis === 'entrusted' && contract.trim() === '' ? bad('contract', t('contractMust'))
    : abroad && approval.trim() === '' ? bad('approval', t('approvalMust'))
    : notADay(expires) ? bad('expires', t('expiresBad'))
    : notADay(since) ? bad('since', t('expiresBad'))
    : undefined,
  )
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
    if (first.sound()) act.mutate()
  }
  const title = kind === 'hook' ? (hook ? t('hookChange', { name: hook.name }) : t('hookAdd')) : apiKey ? t('keyChange', { name: apiKey.name }) : t('keyAdd')
  return (
    <Modal open width={680} title={title} okText={t(old ? 'save' : 'make')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={send} onCancel={onClose} mask={{ closable: false }} destroyOnHidden>
      <div className="data-form" ref={first.form}>
        <label className="data-field" data-field="name">
          <span>{t('name')}</span>
          <Input status={first.status('name')} value={name} maxLength={60} aria-label={t('name')} autoFocus onChange={(e) => setName(e.target.value)} />
          <span className="note">{t('nameHint')}</span>
          {first.said('name')}
        </label>
        {kind === 'hook' && (
          <label className="data-field" data-field="url">
            <span>{t('url')}</span>
            <Input status={first.status('url')} value={url} maxLength={1000} aria-label={t('url')} placeholder={hook ? hook.place : 'https://'} onChange={(e) => setURL(e.target.value)} />
            <span className="note">{hook ? t('urlKeep') : t('urlHint')}</span>
            {first.said('url')}
          </label>
        )}
        {kind === 'key' && (
          <div className="data-field" role="group" aria-label={t('scopes')} data-field="scopes">
            <span>{t('scopes')}</span>
            <Checkbox.Group value={scopes} onChange={setScopes} options={all.scopes.map((one) => ({ value: one.key, label: say(one.text) }))} />
            {first.said('scopes')}
          </div>
        )}
        <label className="data-field">
          <span>{t('basis')}</span>
          <Select aria-label={t('basis')} value={basis} onChange={setBasis} options={all.bases.map((one) => ({ value: one.key, label: say(one.text) }))} />
          <span className="note">{t('basisHint')}</span>
        </label>
        {basis === 'entrusted' && (
          <label className="data-field" data-field="contract">
            <span>{t('contract')}</span>
            <Input status={first.status('contract')} value={contract} maxLength={100} aria-label={t('contract')} onChange={(e) => setContract(e.target.value)} />
            {first.said('contract')}
          </label>
        )}
        <Checkbox checked={abroad} onChange={(e) => setAbroad(e.target.checked)}>
          {t('abroad')}
        </Checkbox>
        {abroad && (
          <label className="data-field" data-field="approval">
            <span>{t('approval')}</span>
            <Input status={first.status('approval')} value={approval} maxLength={100} aria-label={t('approval')} onChange={(e) => setApproval(e.target.value)} />
            {first.said('approval')}
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
            <label className="data-field" data-field="expires">
              <span>{t('expires')}</span>
              <Input status={first.status('expires')} value={expires} maxLength={10} aria-label={t('expires')} placeholder="2027-12-31" onChange={(e) => setExpires(e.target.value)} />
              <span className="note">{t('expiresNone')}</span>
              {first.said('expires')}
            </label>
          )}
          {kind === 'hook' && !hook && (
            <label className="data-field" data-field="since">
              <span>{t('since')}</span>
              <Input status={first.status('since')} value={since} maxLength={10} aria-label={t('since')} placeholder={t('sinceNow')} onChange={(e) => setSince(e.target.value)} />
              <span className="note">{t('sinceHint')}</span>
              {first.said('since')}
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
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}
