import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Input, InputNumber, Modal } from 'antd'
import { useRef, useState } from 'react'
import type { Cost } from '../../../../client/channels'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { addCost, changeCost, type CostSaid, readCosts, wholeDay, yuan } from './channels'
import { useWords } from './strings'

/** Costs are what was spent on one code. A mistake is corrected or made void, never removed. */
export function Costs({ entrance, costs, mayChange }: { entrance: string; costs: Cost[]; mayChange: boolean }) {
  const t = useWords()
  const say = useSay()
  const [form, setForm] = useState<{ cost?: Cost }>()
  return (
    <section className="panel data-scroll" aria-label={t('costs')}>
      <div className="channels-head">
        <h2>{t('costs')}</h2>
        {mayChange && (
          <Button className="data-aside" onClick={() => setForm({})}>
            {t('addCost')}
          </Button>
        )}
      </div>
      {costs.length === 0 ? (
        <p className="unknown channels-pad">{t('noCosts')}</p>
      ) : (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">{t('costDays')}</th>
              <th scope="col" className="num">
                {t('amount')}
              </th>
              <th scope="col">{t('what')}</th>
              {mayChange && <th scope="col" />}
            </tr>
          </thead>
          <tbody>
            {costs.map((one) => (
              <tr key={one.id} className={one.voided ? 'data-old' : undefined}>
                <th scope="row" className="nowrap">
                  {one.from === one.to ? one.from : t('lasts', { from: one.from, to: one.to })}
                </th>
                <td className="num">{yuan(one.fen)}</td>
                <td>
                  <span className="user-text">{one.what}</span>
                  <p className="note">
                    {one.voided && `${t('voided')} · `}
                    {one.by && say(one.by)}
                  </p>
                </td>
                {mayChange && (
                  <td>
                    <Button size="small" onClick={() => setForm({ cost: one })}>
                      {t('change')}
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {form && <CostForm key={form.cost?.id} entrance={entrance} cost={form.cost} onClose={() => setForm(undefined)} />}
    </section>
  )
}

function CostForm({ entrance, cost, onClose }: { entrance: string; cost?: Cost; onClose: () => void }) {
  const t = useWords()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [said, setSaid] = useState<CostSaid>(cost ? { from: cost.from, to: cost.to, fen: cost.fen, what: cost.what, voided: cost.voided } : { from: '', fen: 0, what: '' })
  const set = (more: Partial<CostSaid>) => setSaid({ ...said, ...more })
  const act = useMutation({
    mutationFn: (body: CostSaid) => (cost ? changeCost(cost, body) : addCost(entrance, body)),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['channels'] })
      void message.success(t('saved'))
      onClose()
    },
  })
  const whole = wholeDay(said.from) && (!said.to || wholeDay(said.to)) && said.fen > 0 && said.what.trim() !== ''
  return (
    <Modal
      open
      title={t(cost ? 'costTitle' : 'addCost')}
      okText={t('save')}
      cancelText={t('cancel')}
      okButtonProps={{ loading: act.isPending, disabled: !whole }}
      onOk={() => act.mutate(said)}
      onCancel={onClose}
      footer={(_, { OkBtn, CancelBtn }) => (
        <>
          {cost && <Button onClick={() => act.mutate({ ...said, voided: !cost.voided })}>{t(cost.voided ? 'restore' : 'voidIt')}</Button>}
          <CancelBtn />
          <OkBtn />
        </>
      )}
      destroyOnHidden
    >
      <div className="data-form">
        <div className="data-pair">
          <label className="data-field">
            <span>{t('from')}</span>
            <Input aria-label={t('from')} autoFocus maxLength={10} placeholder={t('dayHint')} value={said.from} onChange={(e) => set({ from: e.target.value })} />
          </label>
          <label className="data-field">
            <span>{t('costTo')}</span>
            <Input aria-label={t('costTo')} maxLength={10} value={said.to} onChange={(e) => set({ to: e.target.value || undefined })} />
          </label>
        </div>
        <label className="data-field">
          <span>{t('amount')}</span>
          <InputNumber controls={false} aria-label={t('amount')} min={0} precision={2} value={said.fen ? said.fen / 100 : null} onChange={(v) => set({ fen: Math.round((v ?? 0) * 100) })} />
        </label>
        <label className="data-field">
          <span>{t('what')}</span>
          <Input aria-label={t('what')} maxLength={120} value={said.what} onChange={(e) => set({ what: e.target.value })} />
        </label>
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}

/** CostFile takes costs from a table. */
export function CostFile() {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [open, setOpen] = useState(false)
  const send = useMutation({ mutationFn: readCosts, onSuccess: () => void client.invalidateQueries({ queryKey: ['channels'] }) })
  const read = send.data
  const close = () => {
    setOpen(false)
    send.reset()
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('costFile')}</Button>
      <Modal open={open} title={t('readTitle')} okText={t('close')} cancelButtonProps={{ hidden: true }} onOk={close} onCancel={close} destroyOnHidden>
        <div className="data-form">
          <p>{t('readHint')}</p>
          <input
            ref={input}
            type="file"
            hidden
            accept=".csv,.tsv,.txt,.xlsx,.xls"
            aria-label={t('choose')}
            onChange={(event) => {
              const file = event.target.files?.[0]
              event.target.value = ''
              if (file) send.mutate(file)
            }}
          />
          <Button loading={send.isPending} onClick={() => input.current?.click()}>
            {t('choose')}
          </Button>
          {send.error && <ErrorBox error={send.error} />}
          {read && <p role="status">{t('read', { ...read, refused: read.refused.length })}</p>}
          {read && read.refused.length > 0 && (
            <ul className="data-list">
              {read.refused.map((one) => (
                <li key={`${one.line} ${one.code}`}>
                  {t('readRow', { n: one.line })}
                  {say(one.text)}
                  {one.hint && <span className="note"> {say(one.hint)}</span>}
                </li>
              ))}
            </ul>
          )}
        </div>
      </Modal>
    </>
  )
}
