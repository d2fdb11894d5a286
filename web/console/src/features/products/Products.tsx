import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Checkbox, Input, InputNumber, Modal, Pagination, Segmented, Select } from 'antd'
import { useRef, useState } from 'react'
import { address, newKey } from '../../../../client/http'
import type { Product, Products as Page, ProductsRead } from '../../../../client/products'
import { upload } from '../../../../client/upload'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMachineMoment } from '../data/data'
import { useSession } from '../session/session'
import { ProductForm } from './ProductForm'
import { fileAddress, pageSize, type ProductFilter, productsQuery, setUse } from './products'
import { Questions } from './Questions'
import { useWords } from './strings'
import './products.css'

interface Props {
  filter: ProductFilter
  onFilter: (filter: ProductFilter) => void
}

/** Products is what shops sell: the catalogue, and the lines of orders nobody knows the product of. */
export function Products({ filter, onFilter }: Props) {
  const t = useWords()
  const query = useQuery(productsQuery(filter))
  const list = query.data
  const { can } = useSession()
  return (
    <>
      <div className="data-bar">
        <Segmented
          aria-label={t('lists')}
          value={filter.list ?? 'all'}
          onChange={(value) => onFilter(value === 'all' ? {} : { list: value as 'questions' | 'ignored' | 'answered' })}
          options={[
            { value: 'all', label: t('all') },
            { value: 'questions', label: t('questions', { n: list?.open ?? 0 }) },
            { value: 'answered', label: t('answeredList') },
            { value: 'ignored', label: t('ignored') },
          ]}
        />
        <span className="note">{t(filter.list === 'answered' ? 'answeredLead' : filter.list ? 'questionsLead' : 'lead')}</span>
        {filter.list && can.includes('people.export') && <Download className="data-aside" href={address('/api/product-questions.csv', { state: filter.list === 'questions' ? 'open' : filter.list })} />}
      </div>
      {query.error && !list ? (
        <ErrorBox error={query.error} onRetry={() => void query.refetch()} />
      ) : !list ? (
        <Skeleton lines={10} />
      ) : filter.list ? (
        <Questions key={filter.list} state={filter.list === 'questions' ? 'open' : filter.list} all={list} />
      ) : (
        <Catalogue filter={filter} onFilter={onFilter} list={list} old={query.isPlaceholderData} />
      )}
    </>
  )
}

function Catalogue({ filter, onFilter, list, old }: Props & { list: Page; old: boolean }) {
  const t = useWords()
  const say = useSay()
  const [form, setForm] = useState<{ product?: Product }>()
  const [using, setUsing] = useState(false)
  const narrowed = Boolean(filter.q || filter.kind || filter.retired)
  return (
    <>
      <div className="data-bar">
        <Input.Search className="product-find" aria-label={t('find')} placeholder={t('find')} allowClear defaultValue={filter.q} maxLength={120} onSearch={(q) => onFilter({ ...filter, q: q || undefined, p: undefined })} />
        <Select aria-label={t('kind')} className="data-select" value={filter.kind ?? ''} onChange={(kind: string) => onFilter({ ...filter, kind: kind || undefined, p: undefined })} options={[{ value: '', label: t('anyKind') }, ...list.kinds.map(({ key, text }) => ({ value: key, label: say(text) }))]} />
        <Checkbox checked={filter.retired ?? false} onChange={(e) => onFilter({ ...filter, retired: e.target.checked || undefined, p: undefined })}>
          {t('retiredToo')}
        </Checkbox>
        <div className="product-acts">
          <Download href={fileAddress(filter)} label={t('export')} />
          {list.mayManage && (
            <>
              <Button onClick={() => setUsing(true)}>{t('use')}</Button>
              <FromFile />
              <Button type="primary" onClick={() => setForm({})}>
                {t('add')}
              </Button>
            </>
          )}
        </div>
      </div>
      <section className="panel data-scroll" aria-label={t('all')}>
        {list.items.length === 0 ? (
          <Empty title={t(narrowed ? 'noneFound' : 'none')} action={narrowed ? <Button onClick={() => onFilter({})}>{t('reset')}</Button> : undefined}>
            {t(narrowed ? 'noneFoundBody' : 'noneBody')}
          </Empty>
        ) : (
          <table className={old ? 'data-table data-old' : 'data-table'}>
            <thead>
              <tr>
                {(['h_name', 'h_kind', 'h_box', 'h_days', 'h_found', 'h_changed'] as const).map((head) => (
                  <th key={head} scope="col">
                    {t(head)}
                  </th>
                ))}
                {list.mayManage && <th scope="col">{t('h_do')}</th>}
              </tr>
            </thead>
            <tbody>
              {list.items.map((one) => (
                <Row key={one.id} one={one} onChange={list.mayManage ? () => setForm({ product: one }) : undefined} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      {list.total > pageSize && <Pagination align="end" current={filter.p ?? 1} pageSize={pageSize} total={list.total} showSizeChanger={false} onChange={(p) => onFilter({ ...filter, p: p > 1 ? p : undefined })} />}
      {form && <ProductForm key={form.product?.id} all={list} product={form.product} onClose={() => setForm(undefined)} />}
      {using && <Use list={list} onClose={() => setUsing(false)} />}
    </>
  )
}

/** What the pieces of a box are called. */
const piecesOf = (kind: string) => (kind === 'strips' || kind === 'lancets' || kind === 'medicine' ? (`pieces_${kind}` as const) : 'pieces')

function Row({ one, onChange }: { one: Product; onChange?: () => void }) {
  const t = useWords()
  const say = useSay()
  const machine = useMachineMoment()
  const found = [
    one.skus?.length ? t('codes', { n: one.skus.length }) : '',
    one.barcodes?.length ? t('barcodes', { n: one.barcodes.length }) : '',
    one.titles?.length ? t('titles', { n: one.titles.length }) : '',
  ].filter((s) => s !== '')
  return (
    <tr>
      <th scope="row">
        {say({ zh: one.nameZh, en: one.nameEn || one.nameZh })}
        {one.genericText && <p className="note">{say(one.genericText)}</p>}
        {one.retired && <p className="note">{t('retired')}</p>}
      </th>
      <td>{say(one.kindText)}</td>
      <td className="nowrap">{one.units ? t(piecesOf(one.kind), { n: one.units }) : ''}</td>
      <td className="nowrap">{one.boxDays ? t('days', { n: one.boxDays }) : <span className="unknown">{t('daysNone')}</span>}</td>
      <td>{found.length > 0 ? found.join(' · ') : <span className="unknown">{t('notFound')}</span>}</td>
      <td className="nowrap">
        {formatAt(new Date(one.at), machine)}
        {one.by && <p className="note">{say(one.by)}</p>}
      </td>
      {onChange && (
        <td>
          <Button size="small" onClick={onChange}>
            {t('change')}
          </Button>
        </td>
      )}
    </tr>
  )
}

/** The kinds that are used up piece by piece. */
const usedUp = ['strips', 'lancets', 'sensor', 'medicine'] as const

function Use({ list, onClose }: { list: Page; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [perDay, setPerDay] = useState(list.perDay)
  const act = useMutation({
    mutationFn: () => setUse(perDay),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['products'] })
      void message.success(t('saved'))
      onClose()
    },
  })
  return (
    <Modal open title={t('useTitle')} okText={t('save')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={() => act.mutate()} onCancel={onClose} destroyOnHidden>
      <div className="data-form">
        <p className="note">{t('useBody')}</p>
        <div className="data-pair">
          {usedUp.map((kind) => {
            const name = say(list.kinds.find(({ key }) => key === kind)?.text ?? { zh: '', en: '' })
            return (
              <label key={kind} className="data-field">
                <span>{name}</span>
                <InputNumber aria-label={name} min={0} max={1000} value={perDay[kind] ?? null} onChange={(v) => setPerDay({ ...perDay, [kind]: v ?? 0 })} />
              </label>
            )
          })}
        </div>
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}

function FromFile() {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const send = useMutation({
    mutationFn: (file: File) => upload<ProductsRead>('/api/products/file', file, { idempotencyKey: newKey() }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['products'] }),
  })
  const read = send.data
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.tsv,.txt,.xlsx,.xls,.yaml,.yml"
        aria-label={t('fromFile')}
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) send.mutate(file)
        }}
      />
      <Button loading={send.isPending} onClick={() => input.current?.click()}>
        {t('fromFile')}
      </Button>
      {(read ?? send.error) && (
        <Modal open title={t('readTitle')} okText={t('close')} cancelButtonProps={{ hidden: true }} onOk={() => send.reset()} onCancel={() => send.reset()} destroyOnHidden>
          {send.error && <ErrorBox error={send.error} />}
          {read && (
            <div className="data-form">
              <p>{t('read', { ...read, refused: read.refused.length })}</p>
              {read.refused.length > 0 && (
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
          )}
        </Modal>
      )}
    </>
  )
}
