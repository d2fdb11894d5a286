import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import type { Source, SourceChange, SourceKey, Sources } from '../../../../client/sources'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { workspaceQuery } from '../../layout/catalogue'
import { addSource, changeSource, count, typesQuery } from './data'
import { useWords } from './strings'

interface Props {
  all: Sources
  /** Undefined: a new one. */
  source?: Source
  onClose: () => void
  onMade?: (fresh: SourceKey) => void
}

interface NameRow {
  id: number
  from: string
  to?: string
}

/** SourceForm adds a source or changes one: what it is called, what it may send and what its own event names stand for. */
export function SourceForm({ all, source, onClose, onMade }: Props) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const programmes = useQuery(workspaceQuery).data?.programmes ?? []
  const types = useQuery(typesQuery)
  const [name, setName] = useState(source?.name ?? '')
  const [kind, setKind] = useState(source?.kind ?? 'segment')
  const [programme, setProgramme] = useState(source?.programme ?? '')
  const [rate, setRate] = useState<number | null>(source?.rate || null)
  const [burst, setBurst] = useState<number | null>(source?.burst || null)
  const [names, setNames] = useState<NameRow[]>(Object.entries(source?.names ?? {}).map(([from, to], id) => ({ id, from, to })))
  const [tried, setTried] = useState(false)
  const given = names.filter(({ from, to }) => from.trim() !== '' || to)
  const nameless = name.trim() === ''
  const half = (row: NameRow) => (row.from.trim() === '') !== !row.to // one of the two is there
  const twice = (row: NameRow) => row.from.trim() !== '' && given.some((other) => other.id < row.id && other.from.trim() === row.from.trim())
  const wrong = nameless || given.some((row) => half(row) || twice(row))
  const act = useMutation({
    mutationFn: async () => {
      const body: SourceChange = { name: name.trim(), kind, programme, rate: rate ?? 0, burst: burst ?? 0, names: Object.fromEntries(given.map(({ from, to }) => [from.trim(), to ?? ''])) }
      if (source) await changeSource(source.number, body)
      else onMade?.(await addSource(body))
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['intake'] })
      if (source) void message.success(t('saved'))
      onClose()
    },
  })
  const send = () => {
    setTried(true)
    if (!wrong) act.mutate()
  }
  const change = (id: number, more: Partial<NameRow>) => setNames(names.map((row) => (row.id === id ? { ...row, ...more } : row)))
  return (
    <Modal open width={640} title={source ? t('changeTitle', { name: source.name }) : t('addTitle')} okText={t(source ? 'save' : 'make')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={send} onCancel={onClose} mask={{ closable: false }} destroyOnHidden>
      <div className="data-form">
        <label className="data-field">
          <span>{t('name')}</span>
          <Input value={name} maxLength={60} aria-label={t('name')} autoFocus status={tried && nameless ? 'error' : undefined} aria-invalid={tried && nameless} onChange={(e) => setName(e.target.value)} onPressEnter={send} />
          {tried && nameless ? (
            <span className="data-wrong" role="alert">
              {t('nameMust')}
            </span>
          ) : (
            <span className="note">{t('nameHint')}</span>
          )}
        </label>
        <div className="data-pair">
          <label className="data-field">
            <span>{t('kind')}</span>
            <Select aria-label={t('kind')} value={kind} onChange={setKind} options={all.kinds.map((one) => ({ value: one.key, label: say(one.text) }))} />
          </label>
          <label className="data-field">
            <span>{t('programme')}</span>
            <Select aria-label={t('programme')} value={programme} onChange={setProgramme} options={[{ value: '', label: t('programmeNone') }, ...programmes.map((one) => ({ value: one.key, label: say(one.name) }))]} />
          </label>
          <label className="data-field">
            <span>{t('rate')}</span>
            <InputNumber aria-label={t('rate')} value={rate} min={1} max={1_000_000} precision={0} onChange={setRate} />
            <span className="note">{t('limitHint', { rate: count(all.rate) })}</span>
          </label>
          <label className="data-field">
            <span>{t('burst')}</span>
            <InputNumber aria-label={t('burst')} value={burst} min={1} max={10_000_000} precision={0} onChange={setBurst} />
            <span className="note">{t('burstHint')}</span>
          </label>
        </div>
        <fieldset className="data-names">
          <legend>{t('namesOwn')}</legend>
          <p className="note">{t('namesHint')}</p>
          {names.map((row) => (
            <div key={row.id} className="data-name">
              <Input aria-label={t('ownName')} placeholder={t('ownName')} value={row.from} maxLength={200} onChange={(e) => change(row.id, { from: e.target.value })} />
              <span>{t('means')}</span>
              <Select
                aria-label={t('type')}
                placeholder={t('type')}
                value={row.to}
                loading={types.isPending}
                showSearch={{ optionFilterProp: 'label' }}
                onChange={(to: string) => change(row.id, { to })}
                options={(types.data ?? []).map((one) => ({ value: one.key, label: `${say(one.name)} (${one.key})` }))}
              />
              <Button onClick={() => setNames(names.filter(({ id }) => id !== row.id))}>{t('removeName')}</Button>
              {tried && (half(row) || twice(row)) && (
                <p className="data-wrong data-name-wrong" role="alert">
                  {t(half(row) ? 'nameBoth' : 'nameTwice')}
                </p>
              )}
            </div>
          ))}
          <Button onClick={() => setNames([...names, { id: Math.max(-1, ...names.map(({ id }) => id)) + 1, from: '' }])}>{t('addName')}</Button>
        </fieldset>
        {types.error && <ErrorBox error={types.error} onRetry={() => void types.refetch()} />}
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}
