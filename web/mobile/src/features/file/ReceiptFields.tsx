import { useQuery } from '@tanstack/react-query'
import type { ReceiptSaid } from '../../../../client/receipts'
import { useSay } from '../../../../ui/i18n'
import { Line } from './fields'
import { receiptsQuery } from './query'
import { useFileWords } from './strings'

/** A thing on a receipt while it is typed. */
export interface ToldLine {
  title: string
  product: string
  quantity: string
  amount: string
}

/** What a person says of a receipt while it is typed. */
export interface Told {
  shop: string
  lines: ToldLine[]
}

const emptyLine: ToldLine = { title: '', product: '', quantity: '', amount: '' }
export const nothingTold: Told = { shop: '', lines: [emptyLine] }

const typed = (n?: number) => (n ? String(n) : '')

/** toldOf is what was said before, to go on from. */
export function toldOf(said: ReceiptSaid | undefined): Told {
  const lines = (said?.lines ?? []).map(({ title = '', product = '', quantity, amount }) => ({ title, product, quantity: typed(quantity), amount: typed(amount) }))
  return { shop: said?.shop ?? '', lines: lines.length > 0 ? lines : [emptyLine] }
}

/** saidOf is what was typed of a receipt; undefined when nothing was. */
export function saidOf({ shop, lines }: Told): ReceiptSaid | undefined {
  const said = lines
    .map(({ title, product, quantity, amount }) => ({ title: title.trim() || undefined, product: product || undefined, quantity: Number(quantity) || undefined, amount: Number(amount) || undefined }))
    .filter((line) => Object.values(line).some((value) => value !== undefined))
  return shop.trim() || said.length > 0 ? { shop: shop.trim() || undefined, lines: said } : undefined
}

const badNumber = (text: string) => text.trim() !== '' && !(Number(text) >= 0)

/** soundTold tells whether all numbers that were typed are numbers. */
export const soundTold = ({ lines }: Told): boolean => !lines.some(({ quantity, amount }) => badNumber(quantity) || badNumber(amount))

/** ReceiptFields asks where and what was bought, a thing each. What the programme knows is offered while one types. */
export function ReceiptFields({ told, onTold, checked }: { told: Told; onTold: (told: Told) => void; checked: boolean }) {
  const t = useFileWords()
  const { shop, lines } = told
  const set = (at: number, more: Partial<ToldLine>) => onTold({ shop, lines: lines.map((line, i) => (i === at ? { ...line, ...more } : line)) })
  return (
    <>
      <Line label={t('receiptShop')} value={shop} longest={60} onValue={(next) => onTold({ shop: next, lines })} />
      {lines.map((line, i) => (
        <fieldset key={i} className="receipt-thing">
          {lines.length > 1 && <legend>{t('receiptLine', { n: i + 1 })}</legend>}
          <Thing line={line} checked={checked} onLine={(more) => set(i, more)} />
          {lines.length > 1 && (
            <button type="button" className="text-button" onClick={() => onTold({ shop, lines: lines.filter((_, at) => at !== i) })}>
              {t('receiptDrop')}
            </button>
          )}
        </fieldset>
      ))}
      {lines.length < 30 && (
        <button type="button" className="plain-button" onClick={() => onTold({ shop, lines: [...lines, emptyLine] })}>
          {t('receiptMore')}
        </button>
      )}
    </>
  )
}

function Thing({ line, checked, onLine }: { line: ToldLine; checked: boolean; onLine: (more: Partial<ToldLine>) => void }) {
  const t = useFileWords()
  const say = useSay()
  const { data } = useQuery(receiptsQuery)
  const wanted = line.title.trim().toLowerCase()
  const offered = line.product || !wanted ? [] : (data?.products ?? []).filter(({ text }) => say(text).toLowerCase().includes(wanted)).slice(0, 4)
  const wrong = (text: string) => (checked && badNumber(text) ? t('needNumber') : undefined)
  return (
    <>
      <Line
        label={t('receiptTitle')}
        value={line.title}
        longest={300}
        onValue={(title) => onLine({ title, product: '' })}
        after={
          <>
            {line.product && <p className="soft">{t('receiptKnown')}</p>}
            {offered.length > 0 && (
              <div className="chips" role="group" aria-label={t('receiptIs')}>
                {offered.map(({ key, text }) => (
                  <button key={key} type="button" className="slot" onClick={() => onLine({ title: say(text), product: key })}>
                    {say(text)}
                  </button>
                ))}
              </div>
            )}
          </>
        }
      />
      <Line label={t('receiptQuantity')} value={line.quantity} numeric wrong={wrong(line.quantity)} onValue={(quantity) => onLine({ quantity })} />
      <Line label={t('receiptAmount')} value={line.amount} numeric wrong={wrong(line.amount)} onValue={(amount) => onLine({ amount })} />
    </>
  )
}
