import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Checkbox, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import type { Completed, Product, Products, ProductSaid } from '../../../../client/products'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { addProduct, changeProduct, linesOf, saidOf, skusOf, skuText } from './products'
import { useWords } from './strings'

interface Props {
  all: Products
  /** Not given: a new one. */
  product?: Product
  begin?: ProductSaid
  /** In place of adding: what an answer to a question sends. */
  send?: (said: ProductSaid) => Promise<Completed>
  onClose: () => void
}

/** ProductForm adds or changes a product. Names are typed as lines, which staff paste from a shop's own list. */
export function ProductForm({ all, product, begin, send, onClose }: Props) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [said, setSaid] = useState<ProductSaid>(product ? saidOf(product) : (begin ?? { nameZh: '', kind: 'strips' }))
  const [skus, setSkus] = useState(skuText(said.skus))
  const [barcodes, setBarcodes] = useState((said.barcodes ?? []).join('\n'))
  const [titles, setTitles] = useState((said.titles ?? []).join('\n'))
  const set = (more: Partial<ProductSaid>) => setSaid({ ...said, ...more })
  const act = useMutation({
    mutationFn: () => {
      const body = { ...said, nameZh: said.nameZh.trim(), generic: said.kind === 'medicine' ? said.generic : undefined, skus: skusOf(skus), barcodes: linesOf(barcodes), titles: linesOf(titles) }
      return send ? send(body) : product ? changeProduct(product.id, { ...body, revision: product.revision }) : addProduct(body)
    },
    onSuccess: ({ completed }) => {
      void client.invalidateQueries({ queryKey: ['products'] })
      void message.success(completed > 0 ? t('savedWith', { n: completed }) : t('saved'))
      onClose()
    },
  })
  const number = (key: 'units' | 'perDay' | 'days', label: 'units' | 'perDay' | 'daysOf', hint: 'unitsHint' | 'perDayHint' | 'daysHint') => (
    <label className="data-field">
      <span>{t(label)}</span>
      <InputNumber aria-label={t(label)} min={0} value={said[key] || null} onChange={(v) => set({ [key]: v ?? undefined })} />
      <span className="note">{t(hint)}</span>
    </label>
  )
  return (
    <Modal open width={720} title={product ? t('changeTitle', { name: product.nameZh }) : t('addTitle')} okText={t('save')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending, disabled: said.nameZh.trim() === '' }} onOk={() => act.mutate()} onCancel={onClose} mask={{ closable: false }} destroyOnHidden>
      <div className="data-form">
        <div className="data-pair">
          <label className="data-field">
            <span>{t('nameZh')}</span>
            <Input value={said.nameZh} maxLength={120} autoFocus aria-label={t('nameZh')} onChange={(e) => set({ nameZh: e.target.value })} />
          </label>
          <label className="data-field">
            <span>{t('nameEn')}</span>
            <Input value={said.nameEn} maxLength={120} aria-label={t('nameEn')} onChange={(e) => set({ nameEn: e.target.value || undefined })} />
          </label>
          <label className="data-field">
            <span>{t('kind')}</span>
            <Select aria-label={t('kind')} value={said.kind} onChange={(kind: string) => set({ kind })} options={all.kinds.map(({ key, text }) => ({ value: key, label: say(text) }))} />
          </label>
          {said.kind === 'medicine' ? (
            <label className="data-field">
              <span>{t('generic')}</span>
              <Select aria-label={t('generic')} allowClear showSearch={{ optionFilterProp: 'label' }} value={said.generic || undefined} onChange={(generic?: string) => set({ generic })} options={all.medicines.map(({ key, text }) => ({ value: key, label: say(text) }))} />
            </label>
          ) : (
            <span />
          )}
        </div>
        <div className="product-three">
          {number('units', 'units', 'unitsHint')}
          {number('perDay', 'perDay', 'perDayHint')}
          {number('days', 'daysOf', 'daysHint')}
        </div>
        <div className="data-pair">
          <label className="data-field">
            <span>{t('skus')}</span>
            <Input.TextArea aria-label={t('skus')} rows={3} value={skus} onChange={(e) => setSkus(e.target.value)} />
            <span className="note">{t('skusHint')}</span>
          </label>
          <label className="data-field">
            <span>{t('barcodeList')}</span>
            <Input.TextArea aria-label={t('barcodeList')} rows={3} value={barcodes} onChange={(e) => setBarcodes(e.target.value)} />
            <span className="note">{t('lineEach')}</span>
          </label>
        </div>
        <label className="data-field">
          <span>{t('titleList')}</span>
          <Input.TextArea aria-label={t('titleList')} rows={3} value={titles} onChange={(e) => setTitles(e.target.value)} />
          <span className="note">{t('titlesHint')}</span>
        </label>
        {product && (
          <Checkbox checked={said.retired ?? false} onChange={(e) => set({ retired: e.target.checked })}>
            {t('retire')}
          </Checkbox>
        )}
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}
