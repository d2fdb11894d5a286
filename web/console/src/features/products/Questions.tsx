import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Modal, Select } from 'antd'
import { useState } from 'react'
import type { ProductQuestion, Products } from '../../../../client/products'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { ProductForm } from './ProductForm'
import { answer, everyProductQuery, guessOf, questionsQuery } from './products'
import { useWords } from './strings'

type State = 'open' | 'ignored' | 'answered'

/** Questions are the lines of orders nobody knows the product of: one answer for all of them. */
export function Questions({ state, all }: { state: State; all: Products }) {
  const t = useWords()
  const questions = useQuery(questionsQuery(state))
  const list = questions.data
  const say = useSay()
  const every = useQuery({ ...everyProductQuery, enabled: state === 'answered' })
  const names = new Map(every.data?.map((p) => [p.id, say({ zh: p.nameZh, en: p.nameEn || p.nameZh })]))
  const [choosing, setChoosing] = useState<ProductQuestion>()
  const [making, setMaking] = useState<ProductQuestion>()
  const [mending, setMending] = useState<string>()
  return (
    <section className="panel data-scroll" aria-label={state === 'open' ? t('questions', { n: list?.total ?? 0 }) : t(state === 'answered' ? 'answeredList' : 'ignored')}>
      {questions.error && !list ? (
        <ErrorBox error={questions.error} onRetry={() => void questions.refetch()} />
      ) : !list ? (
        <Skeleton lines={8} />
      ) : list.items.length === 0 ? (
        <Empty title={t(state === 'answered' ? 'answeredNone' : 'questionsNone')}>{t(state === 'answered' ? 'answeredNoneBody' : 'questionsNoneBody')}</Empty>
      ) : (
        <table className="data-table">
          <thead>
            <tr>
              {(['h_name', 'h_shop', 'h_orders', 'h_when'] as const).map((head) => (
                <th key={head} scope="col">
                  {t(head)}
                </th>
              ))}
              {all.mayManage && <th scope="col">{t('h_do')}</th>}
            </tr>
          </thead>
          <tbody>
            {list.items.map((one) => (
              <Row key={one.id} one={one} state={state} named={state === 'answered' ? names.get(one.product ?? '') : undefined} mayManage={all.mayManage} onChoose={() => setChoosing(one)} onMake={() => setMaking(one)} onMend={() => setMending(one.product)} />
            ))}
          </tbody>
        </table>
      )}
      {choosing && <Choose one={choosing} onClose={() => setChoosing(undefined)} />}
      {mending && <Mend id={mending} all={all} onClose={() => setMending(undefined)} />}
      {making && <ProductForm all={all} begin={guessOf(making)} send={(said) => answer(making.id, { new: said })} onClose={() => setMaking(undefined)} />}
    </section>
  )
}

function Row({ one, state, named, mayManage, onChoose, onMake, onMend }: { one: ProductQuestion; state: State; named?: string; mayManage: boolean; onChoose: () => void; onMake: () => void; onMend: () => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const decide = useMutation({
    mutationFn: (ignore: boolean) => answer(one.id, { ignore }),
    onSuccess: (_, ignore) => {
      void message.success(t(ignore ? 'ignoredDone' : 'againDone'))
      void client.invalidateQueries({ queryKey: ['products'] })
    },
    onError: (error) => void message.error(error.message),
  })
  const at = (iso: string) => formatAt(new Date(iso), moment)
  return (
    <tr>
      <th scope="row">
        {one.title ?? one.code ?? one.barcode}
        {one.title && one.code && <p className="note">{t('code', { code: one.code })}</p>}
        {one.barcode && <p className="note">{t('barcode', { code: one.barcode })}</p>}
        {state === 'answered' ? named && <p className="note">{t('isNow', { name: named })}</p> : one.product && <p className="note">{t('lasting')}</p>}
      </th>
      <td>{one.shopText ? say(one.shopText) : one.shop || <span className="unknown">{t('shopNone')}</span>}</td>
      <td className="nowrap">{t('ordersN', { n: one.orders })}</td>
      <td className="nowrap">
        {at(one.first)}
        {one.last !== one.first && <p className="note">{at(one.last)}</p>}
      </td>
      {mayManage && (
        <td>
          <div className="data-acts">
            {state === 'answered' ? (
              <Button size="small" onClick={onChoose}>
                {t('isOther')}
              </Button>
            ) : state === 'open' ? (
              <>
                {one.product ? (
                  <Button size="small" type="primary" onClick={onMend}>
                    {t('mend')}
                  </Button>
                ) : (
                  <>
                    <Button size="small" type="primary" onClick={onChoose}>
                      {t('isOne')}
                    </Button>
                    <Button size="small" onClick={onMake}>
                      {t('isNew')}
                    </Button>
                  </>
                )}
                <Button size="small" loading={decide.isPending} onClick={() => decide.mutate(true)}>
                  {t('ignore')}
                </Button>
              </>
            ) : (
              <Button size="small" loading={decide.isPending} onClick={() => decide.mutate(false)}>
                {t('again')}
              </Button>
            )}
          </div>
        </td>
      )}
    </tr>
  )
}

/** Mend opens the product that does not say how long it lasts. */
function Mend({ id, all, onClose }: { id: string; all: Products; onClose: () => void }) {
  const every = useQuery(everyProductQuery)
  const product = every.data?.find((one) => one.id === id)
  return product ? <ProductForm all={all} product={product} onClose={onClose} /> : null
}

function Choose({ one, onClose }: { one: ProductQuestion; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const every = useQuery(everyProductQuery)
  const [id, setID] = useState<string>()
  const act = useMutation({
    mutationFn: () => answer(one.id, { product: id }),
    onSuccess: ({ completed }) => {
      void client.invalidateQueries({ queryKey: ['products'] })
      void message.success(t('answered', { n: completed }))
      onClose()
    },
  })
  return (
    <Modal open title={one.title ?? one.code ?? one.barcode} okText={t('confirm')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending, disabled: !id }} onOk={() => act.mutate()} onCancel={onClose} destroyOnHidden>
      <div className="data-form">
        <label className="data-field">
          <span>{t('choose')}</span>
          <Select
            aria-label={t('choose')}
            autoFocus
            loading={every.isPending}
            showSearch={{ optionFilterProp: 'label' }}
            value={id}
            onChange={setID}
            options={(every.data ?? []).map((p) => ({ value: p.id, label: `${say({ zh: p.nameZh, en: p.nameEn || p.nameZh })} · ${say(p.kindText)}` }))}
          />
        </label>
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}
