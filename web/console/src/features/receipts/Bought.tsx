import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Input, InputNumber, Modal } from 'antd'
import { useState } from 'react'
import type { Receipt, ReceiptRefund, RefundSaid, TypedLine } from '../../../../client/receipts'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { dayOf, refundReceipt, undoRefund, wholeDay } from './receipts'
import { useWords } from './strings'

/** Bought is what a receipt became: a line each, how long it lasts, and what of it went back. */
export function Bought({ one }: { one: Receipt }) {
  const t = useWords()
  const say = useSay()
  const [back, setBack] = useState<TypedLine>()
  const { typed } = one
  if (!typed) return null
  return (
    <>
      <ul className="receipt-bought">
        {typed.orders.map((line) => (
          <li key={line.order}>
            <span className={line.kept === 0 ? 'receipt-went' : undefined}>
              {[line.title, line.quantity ? t('boxes', { n: line.quantity }) : '', line.amount ? t('yuan', { n: line.amount }) : ''].filter((part) => part).join(' · ')}
            </span>
            <span className="note">
              {[
                line.productText && say(line.productText) !== line.title ? say(line.productText) : '',
                line.kept === 0 ? t('backGone') : line.days ? t('lasts', { n: line.days }) : '',
                line.prescription ? t('rx') : '',
              ]
                .filter((part) => part)
                .join(' · ')}
            </span>
            {one.mayWrite && line.kept > 0 && (
              <Button type="link" size="small" onClick={() => setBack(line)}>
                {t('back')}
              </Button>
            )}
            {line.refunds?.map((refund) => <Went key={refund.id} one={one} refund={refund} />)}
          </li>
        ))}
      </ul>
      <p className="note">{[dayOf(typed.at), typed.shop, typed.number].filter((part) => part).join(' · ')}</p>
      {back && <Back one={one} line={back} onDone={() => setBack(undefined)} />}
    </>
  )
}

/** Went is one refund of a line. */
function Went({ one, refund }: { one: Receipt; refund: ReceiptRefund }) {
  const t = useWords()
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const undo = useMutation({
    mutationFn: () => undoRefund(one, refund.id),
    onSuccess: () => {
      void message.success(t('backUndone'))
      void client.invalidateQueries({ queryKey: ['receipts'] })
    },
    onError: (error) => void message.error(error.message),
  })
  const what = [refund.quantity ? t('boxes', { n: refund.quantity }) : '', refund.amount ? t('yuan', { n: refund.amount }) : ''].filter((part) => part).join(' · ') || t('backWhole')
  return (
    <span className="note">
      {t('backWent', { at: dayOf(refund.at), what })}
      {one.mayWrite && (
        <Button type="link" size="small" loading={undo.isPending} onClick={() => undo.mutate()}>
          {t('backUndo')}
        </Button>
      )}
    </span>
  )
}

function Back({ one, line, onDone }: { one: Receipt; line: TypedLine; onDone: () => void }) {
  const t = useWords()
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const [said, setSaid] = useState<RefundSaid>({ order: line.order, at: dayOf(one.typed?.at ?? '') })
  const [wrong, setWrong] = useState<string>()
  const send = useMutation({
    mutationFn: () => refundReceipt(one, said),
    onSuccess: () => {
      void message.success(t('backDone'))
      void client.invalidateQueries({ queryKey: ['receipts'] })
      onDone()
    },
  })
  return (
    <Modal
      open
      title={t('backTitle')}
      okText={t('back')}
      cancelText={t('cancel')}
      confirmLoading={send.isPending}
      onCancel={onDone}
      onOk={() => {
        const bad = wholeDay(said.at) ? undefined : t('needDay')
        setWrong(bad)
        if (!bad) send.mutate()
      }}
    >
      <div className="data-form">
        <p className="user-text">{line.title}</p>
        <label className="data-field">
          <span>{t('backAt')}</span>
          <Input autoFocus aria-label={t('backAt')} value={said.at} maxLength={10} placeholder={t('atHint')} inputMode="numeric" onChange={(e) => setSaid({ ...said, at: e.target.value })} />
        </label>
        <div className="data-pair">
          <label className="data-field">
            <span>{t('backQuantity')}</span>
            <InputNumber controls={false} aria-label={t('backQuantity')} min={0} max={line.quantity} value={said.quantity ?? null} onChange={(v) => setSaid({ ...said, quantity: v ?? undefined })} />
          </label>
          <label className="data-field">
            <span>{t('backAmount')}</span>
            <InputNumber controls={false} aria-label={t('backAmount')} min={0} max={line.amount} precision={2} value={said.amount ?? null} onChange={(v) => setSaid({ ...said, amount: v ?? undefined })} />
          </label>
        </div>
        <p className="note">{t('backAll')}</p>
        {wrong && (
          <p className="data-wrong" role="alert">
            {wrong}
          </p>
        )}
        {send.error && <ErrorBox error={send.error} />}
      </div>
    </Modal>
  )
}
