import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Checkbox, Input, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import type { Deliveries, Delivery, DeliveryChange, DeliveryPlace } from '../../../../client/outs'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { formats } from './Deliveries'
import { addDelivery, changeDelivery, testDelivery } from './out'
import { useWords } from './deliveryStrings'
import { useFirstWrong, type Wrong } from './wrong'

interface Props {
  all: Deliveries
  /** Undefined: a new one. */
  one?: Delivery
  onClose: () => void
  onMade?: (made: Delivery) => void
}

type Field = 'name' | 'at' | 'folder' | 'endpoint' | 'bucket' | 'accessKey' | 'secretKey' | 'contract' | 'approval'

const clock = /^([01]\d|2[0-3]):[0-5]\d$/

/** DeliveryForm adds or changes a delivery: which list, when, where to, and on what basis. */
export function DeliveryForm({ all, one, onClose, onMade }: Props) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [name, setName] = useState(one?.name ?? '')
  const [list, setList] = useState(one?.list ?? 'people')
  const [query, setQuery] = useState(() => new URLSearchParams(one?.query ?? ''))
  const [format, setFormat] = useState<string>(one?.format ?? 'csv')
  const [every, setEvery] = useState<'day' | 'week'>(one?.schedule.every ?? 'day')
  const [weekday, setWeekday] = useState(one?.schedule.weekday || 1)
  const [at, setAt] = useState(one?.schedule.at ?? '06:30')
  const [where, setWhere] = useState<DeliveryPlace>(one?.where ?? { kind: all.folders ? 'folder' : 's3' })
  const [names, setNames] = useState(one?.names ?? false)
  const [basis, setBasis] = useState(one?.receiver.basis ?? all.bases[0]?.key ?? '')
  const [contract, setContract] = useState(one?.receiver.contract ?? '')
  const [abroad, setAbroad] = useState(one?.receiver.abroad ?? false)
  const [approval, setApproval] = useState(one?.receiver.approval ?? '')
  const filters = all.lists.find(({ key }) => key === list)?.filters ?? []
  const put = (change: Partial<DeliveryPlace>) => {
    setWhere({ ...where, ...change })
    test.reset()
  }
  const keyed = one?.where.kind === 's3' && one.where.endpoint === where.endpoint?.trim()
  const bad = (field: Field, text: string): Wrong<Field> => ({ field, text })
  const nowhere =
    where.kind === 'folder' ? (where.folder?.trim() ? undefined : bad('folder', t('folderMust')))
    : !where.endpoint?.trim() ? bad('endpoint', t('endpointMust'))
    : !where.bucket?.trim() ? bad('bucket', t('bucketMust'))
    : !keyed && !(where.accessKey && where.secretKey) ? bad(where.accessKey ? 'secretKey' : 'accessKey', t('keysMust'))
    : undefined
  const first = useFirstWrong<Field>(
    name.trim() === '' ? bad('name', t('nameMust'))
    : !clock.test(at.trim()) ? bad('at', t('atMust'))
    : nowhere ?? (basis === 'entrusted' && contract.trim() === '' ? bad('contract', t('contractMust')) : abroad && approval.trim() === '' ? bad('approval', t('approvalMust')) : undefined),
  )
  const test = useMutation({ mutationFn: () => testDelivery(where, one?.id) })
  const act = useMutation({
    mutationFn: () => {
      const body: DeliveryChange = {
        name: name.trim(), list, query: query.toString(), format, schedule: { every, weekday: every === 'week' ? weekday : undefined, at: at.trim() }, where, names,
        receiver: { basis, contract: basis === 'entrusted' ? contract.trim() : undefined, abroad, approval: abroad ? approval.trim() : undefined },
      }
      return one ? changeDelivery(one.id, body) : addDelivery(body)
    },
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['out'] })
      void message.success(t('saved'))
      onMade?.(made)
      onClose()
    },
  })
  const filter = (key: string, values: string[]) => {
    const next = new URLSearchParams(query)
    next.delete(key)
    for (const value of values) next.append(key, value)
    setQuery(next)
  }
  const send = () => {
    if (first.sound()) act.mutate()
  }
  const line = (word: 'endpoint' | 'region' | 'bucket' | 'prefix' | 'accessKey', hint?: string, placeholder?: string) => (
    <label className="data-field" data-field={word}>
      <span>{t(word)}</span>
      <Input status={word === 'region' || word === 'prefix' ? undefined : first.status(word)} value={where[word] ?? ''} maxLength={200} aria-label={t(word)} placeholder={placeholder} autoComplete="off" onChange={(e) => put({ [word]: e.target.value })} />
      {hint && <span className="note">{hint}</span>}
      {word !== 'region' && word !== 'prefix' && first.said(word)}
    </label>
  )
  return (
    <Modal open width={720} title={one ? t('changeTitle', { name: one.name }) : t('addTitle')} okText={t(one ? 'save' : 'make')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={send} onCancel={onClose} mask={{ closable: false }} destroyOnHidden>
      <div className="data-form" ref={first.form}>
        <div className="data-pair">
          <label className="data-field" data-field="name">
            <span>{t('name')}</span>
            <Input status={first.status('name')} value={name} maxLength={60} aria-label={t('name')} autoFocus onChange={(e) => setName(e.target.value)} />
            <span className="note">{t('nameHint')}</span>
            {first.said('name')}
          </label>
          <label className="data-field">
            <span>{t('format')}</span>
            <Select aria-label={t('format')} value={format} onChange={setFormat} options={Object.entries(formats).map(([value, label]) => ({ value, label }))} />
          </label>
          <label className="data-field">
            <span>{t('list')}</span>
            <Select
              aria-label={t('list')}
              value={list}
              onChange={(next) => {
                setList(next)
                setQuery(new URLSearchParams())
              }}
              options={all.lists.map((x) => ({ value: x.key, label: say(x.text) }))}
            />
          </label>
          {filters.map((f) => (
            <label key={f.key} className="data-field">
              <span>{say(f.text)}</span>
              <Select
                mode={f.many ? 'multiple' : undefined}
                allowClear
                aria-label={say(f.text)}
                value={f.many ? query.getAll(f.key) : (query.get(f.key) ?? undefined)}
                placeholder={t('all')}
                maxTagCount={2}
                showSearch={{ optionFilterProp: 'label' }}
                onChange={(value: string | string[] | undefined) => filter(f.key, value === undefined ? [] : Array.isArray(value) ? value : [value])}
                options={f.choices.map((x) => ({ value: x.key, label: say(x.text) }))}
              />
            </label>
          ))}
        </div>
        <Checkbox checked={names} onChange={(e) => setNames(e.target.checked)}>
          {t('namesWith')}
        </Checkbox>
        <div className="data-pair">
          <label className="data-field">
            <span>{t('every')}</span>
            <Select
              aria-label={t('every')}
              value={every === 'day' ? 0 : weekday}
              onChange={(n: number) => {
                setEvery(n === 0 ? 'day' : 'week')
                if (n > 0) setWeekday(n)
              }}
              options={(['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'] as const).map((word, value) => ({ value, label: t(word) }))}
            />
          </label>
          <label className="data-field" data-field="at">
            <span>{t('at')}</span>
            <Input status={first.status('at')} value={at} maxLength={5} aria-label={t('at')} placeholder="06:30" onChange={(e) => setAt(e.target.value)} />
            <span className="note">{t('atHint')}</span>
            {first.said('at')}
          </label>
        </div>
        <div className="data-field" role="group" aria-label={t('h_where')}>
          <span>{t('h_where')}</span>
          <Radio.Group value={where.kind} onChange={(e) => put({ kind: e.target.value as DeliveryPlace['kind'] })}>
            <Radio value="folder" disabled={!all.folders}>
              {t('toFolder')}
            </Radio>
            <Radio value="s3">{t('toStore')}</Radio>
          </Radio.Group>
          {!all.folders && <span className="note">{t('noFolders')}</span>}
        </div>
        {where.kind === 'folder' ? (
          <label className="data-field" data-field="folder">
            <span>{t('folder')}</span>
            <Input status={first.status('folder')} value={where.folder ?? ''} maxLength={200} aria-label={t('folder')} placeholder={t('folderLike')} onChange={(e) => put({ folder: e.target.value })} />
            <span className="note">{t('folderHint')}</span>
            {first.said('folder')}
          </label>
        ) : (
          <div className="data-pair">
            {line('endpoint', t('endpointHint'), 'https://')}
            {line('region', t('regionHint'))}
            {line('bucket')}
            {line('prefix', t('prefixHint'))}
            {line('accessKey', keyed ? t('keysKeep') : undefined)}
            <label className="data-field" data-field="secretKey">
              <span>{t('secretKey')}</span>
              <Input.Password status={first.status('secretKey')} value={where.secretKey ?? ''} maxLength={300} aria-label={t('secretKey')} autoComplete="new-password" onChange={(e) => put({ secretKey: e.target.value })} />
              <span className="note">{keyed ? t('keysKeep') : t('keysHint')}</span>
              {first.said('secretKey')}
            </label>
          </div>
        )}
        <div className="data-acts">
          <Button disabled={Boolean(nowhere)} loading={test.isPending} onClick={() => test.mutate()}>
            {t('test')}
          </Button>
          {test.data && (
            <span role="status" className={test.data.problem ? 'out-bad' : undefined}>
              {test.data.problem ? `${say(test.data.problem.text)}${test.data.problem.hint ? t('stop') + say(test.data.problem.hint) : ''}` : t('testGood')}
            </span>
          )}
        </div>
        {test.error && <ErrorBox error={test.error} />}
        <label className="data-field">
          <span>{t('basis')}</span>
          <Select aria-label={t('basis')} value={basis} onChange={setBasis} options={all.bases.map((x) => ({ value: x.key, label: say(x.text) }))} />
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
        <p className="note">{t('rightsNote')}</p>
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}
