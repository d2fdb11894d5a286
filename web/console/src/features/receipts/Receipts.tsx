import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App as Antd, Button, Input, Pagination, Segmented, Select } from 'antd'
import { useState } from 'react'
import { ApiError, address } from '../../../../client/http'
import type { Receipt, ReceiptLine, ReceiptList, TypedReceipt } from '../../../../client/receipts'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { Bought } from './Bought'
import { Lines } from './Lines'
import { Picture } from './Picture'
import { dayOf, filled, pageSize, type ReceiptFilter, receiptsQuery, refuseReceipt, reopenReceipt, typeReceipt, wholeDay } from './receipts'
import { useWords } from './strings'
import './receipts.css'

interface Props {
  filter: ReceiptFilter
  onFilter: (filter: ReceiptFilter) => void
}

/** Receipts is where uploaded receipts become orders: the one that waits the longest stands open, with its picture. */
export function Receipts({ filter, onFilter }: Props) {
  const t = useWords()
  const query = useQuery(receiptsQuery(filter))
  const list = query.data
  const { can } = useSession()
  const [chosen, setChosen] = useState<string>()
  const open = list?.items.find(({ id }) => id === chosen) ?? list?.items[0]
  return (
    <>
      <div className="data-bar">
        <Segmented
          aria-label={t('lists')}
          value={filter.state ?? 'uploaded'}
          onChange={(state) => onFilter(state === 'uploaded' ? {} : { state: state as 'verified' | 'refused' })}
          options={[
            { value: 'uploaded', label: t('waiting', { n: list?.waiting ?? 0 }) },
            { value: 'verified', label: t('verified') },
            { value: 'refused', label: t('refused') },
          ]}
        />
        <span className="note">{t('lead')}</span>
        {list && list.total > 0 && can.includes('people.export') && <Download className="data-aside" href={address('/api/receipts.csv', { state: filter.state })} />}
      </div>
      {query.error && !list ? (
        <ErrorBox error={query.error} onRetry={() => void query.refetch()} />
      ) : !list ? (
        <Skeleton lines={10} />
      ) : list.items.length === 0 ? (
        <section className="panel">
          <Empty title={t(filter.state ? 'noneDone' : 'none')}>{filter.state ? undefined : t('noneBody')}</Empty>
        </section>
      ) : filter.state ? (
        <Done items={list.items} refused={filter.state === 'refused'} />
      ) : (
        <div className="receipts">
          <ul className="panel receipt-list" aria-label={t('waiting', { n: list.waiting })}>
            {list.items.map((one) => (
              <li key={one.id}>
                <button type="button" className="receipt-row" aria-current={one.id === open?.id} onClick={() => setChosen(one.id)}>
                  <b>{one.person.name}</b>
                  <Came one={one} />
                </button>
              </li>
            ))}
          </ul>
          {open && <One key={open.id} one={open} reasons={list.reasons} products={list.products ?? []} />}
        </div>
      )}
      {list && list.total > pageSize && <Pagination align="end" current={filter.p ?? 1} pageSize={pageSize} total={list.total} showSizeChanger={false} onChange={(p) => onFilter({ ...filter, p: p > 1 ? p : undefined })} />}
    </>
  )
}

function Came({ one }: { one: Receipt }) {
  const t = useWords()
  const moment = useMoment()
  return <span className="note nowrap">{t('came', { at: formatAt(new Date(one.came), moment) })}</span>
}

const useLine = () => {
  const t = useWords()
  const parts = ({ title, quantity, amount }: ReceiptLine) => [title, quantity ? t('boxes', { n: quantity }) : '', amount ? t('yuan', { n: amount }) : ''].filter((part) => part).join(' · ')
  return ({ shop, lines = [], ...all }: NonNullable<Receipt['told']>) => [shop, ...(lines.length > 0 ? lines : [all]).map(parts)].filter((part) => part).join(t('and'))
}

/** One is a receipt and the form beside it. Enter registers; the first field has the focus, so that hands stay on the keys. */
function One({ one, reasons, products }: { one: Receipt; reasons: ReceiptList['reasons']; products: NonNullable<ReceiptList['products']> }) {
  const t = useWords()
  const say = useSay()
  const line = useLine()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [said, setSaid] = useState<TypedReceipt>(() => ({ shop: one.draft?.shop ?? one.told?.shop, number: one.draft?.number, at: dayOf(one.draft?.at ?? one.at) }))
  const [lines, setLines] = useState<ReceiptLine[]>(() => {
    const known = one.draft?.lines ?? one.told?.lines ?? []
    return known.length > 0 ? known : [{}]
  })
  const [wrong, setWrong] = useState<string>()
  const [why, setWhy] = useState<string>()
  const set = (more: Partial<TypedReceipt>) => setSaid({ ...said, ...more })
  const after = (word: 'done' | 'sentBack') => {
    void message.success(t(word))
    void client.invalidateQueries({ queryKey: ['receipts'] })
  }
  const register = useMutation({ mutationFn: (again: boolean) => typeReceipt(one, { ...said, lines: lines.filter(filled), again: again || undefined }), onSuccess: () => after('done') })
  const refuse = useMutation({ mutationFn: (reason: string) => refuseReceipt(one, reason), onSuccess: () => after('sentBack') })
  const twice = register.error instanceof ApiError && register.error.problem.code === 'receipt_twice'
  const busy = register.isPending || refuse.isPending
  const send = (again: boolean) => {
    const unnamed = lines.findIndex((one) => filled(one) && !one.title?.trim() && !one.product)
    const missing = !wholeDay(said.at) ? t('needDay') : !lines.some(filled) ? t('needAny') : unnamed >= 0 ? t('needTitle', { n: unnamed + 1 }) : undefined
    setWrong(missing)
    if (!missing && !busy) register.mutate(again)
  }
  return (
    <section className="panel receipt-one" aria-label={t('one', { name: one.person.name })}>
      {one.file && <Picture file={one.file} />}
      <form
        className="data-form"
        onSubmit={(event) => {
          event.preventDefault()
          send(false)
        }}
      >
        <h2 className="receipt-head">
          <Link to="/people/$id" params={{ id: one.person.id }}>
            {one.person.name}
          </Link>
          <Came one={one} />
        </h2>
        {one.draft && <p className="note">{t('draft')}</p>}
        {one.told && line(one.told) && <p className="user-text">{t('told', { text: line(one.told) })}</p>}
        <div className="data-pair">
          <label className="data-field">
            <span>{t('at')}</span>
            <Input autoFocus aria-label={t('at')} value={said.at} maxLength={10} placeholder={t('atHint')} inputMode="numeric" onChange={(e) => set({ at: e.target.value })} />
          </label>
          <label className="data-field">
            <span>{t('shop')}</span>
            <Input aria-label={t('shop')} value={said.shop} maxLength={60} onChange={(e) => set({ shop: e.target.value })} />
          </label>
        </div>
        <label className="data-field">
          <span>{t('number')}</span>
          <Input aria-label={t('number')} value={said.number} maxLength={60} onChange={(e) => set({ number: e.target.value })} />
        </label>
        <Lines lines={lines} products={products} onLines={setLines} />
        {wrong && (
          <p className="data-wrong" role="alert">
            {wrong}
          </p>
        )}
        {(register.error ?? refuse.error) && <ErrorBox error={register.error ?? refuse.error} />}
        {one.mayWrite && (
          <div className="receipt-acts">
            <Button type="primary" htmlType="submit" loading={register.isPending}>
              {t('save')}
            </Button>
            {twice && <Button onClick={() => send(true)}>{t('again')}</Button>}
            <Select className="receipt-why" aria-label={t('refuseWhy')} placeholder={t('refuseWhy')} value={why} onChange={setWhy} options={reasons.map(({ key, text }) => ({ value: key, label: say(text) }))} />
            <Button disabled={!why} loading={refuse.isPending} onClick={() => why && refuse.mutate(why)}>
              {t('refuse')}
            </Button>
          </div>
        )}
      </form>
    </section>
  )
}

/** Done is what became of receipts, the newest first; each may be taken up again. */
function Done({ items, refused }: { items: readonly Receipt[]; refused: boolean }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { modal, message } = Antd.useApp()
  const again = useMutation({
    mutationFn: reopenReceipt,
    onSuccess: () => {
      void message.success(t('reopened'))
      void client.invalidateQueries({ queryKey: ['receipts'] })
    },
    onError: (error) => void message.error(error.message),
  })
  return (
    <section className="panel data-scroll" aria-label={t(refused ? 'refused' : 'verified')}>
      <table className="data-table">
        <thead>
          <tr>
            {(['h_person', refused ? 'h_why' : 'h_what', 'h_by', 'h_do'] as const).map((head) => (
              <th key={head} scope="col">
                {t(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <Link to="/people/$id" params={{ id: one.person.id }}>
                  {one.person.name}
                </Link>
              </th>
              <td className="user-text">
                {refused ? one.reason && say(one.reason) : <Bought one={one} />}
              </td>
              <td>
                {one.by && say(one.by)}
                <p className="note">
                  <Came one={one} />
                </p>
              </td>
              <td>
                {one.mayWrite && (
                  <Button
                    size="small"
                    onClick={() => void modal.confirm({ title: t('reopenAsk'), content: refused ? undefined : t('reopenBody'), okText: t('reopen'), cancelText: t('cancel'), onOk: () => again.mutateAsync(one).catch(() => undefined) })}
                  >
                    {t('reopen')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
