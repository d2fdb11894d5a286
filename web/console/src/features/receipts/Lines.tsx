import { AutoComplete, Button, Checkbox, InputNumber } from 'antd'
import type { Choice } from '../../../../client/layers'
import type { ReceiptLine } from '../../../../client/receipts'
import { useSay } from '../../../../ui/i18n'
import { filled, sumOf } from './receipts'
import { useWords } from './strings'

interface Props {
  lines: readonly ReceiptLine[]
  products: readonly Choice[]
  onLines: (lines: ReceiptLine[]) => void
}

/** Lines are the things on a receipt, one each. A thing is chosen from the catalogue or typed as it is printed. */
export function Lines({ lines, products, onLines }: Props) {
  const t = useWords()
  const set = (at: number, more: Partial<ReceiptLine>) => onLines(lines.map((line, i) => (i === at ? { ...line, ...more } : line)))
  const said = lines.filter(filled)
  const sum = sumOf(said)
  return (
    <fieldset className="receipt-lines">
      <legend>{t('lines')}</legend>
      {lines.map((line, i) => (
        <One key={i} n={i + 1} line={line} products={products} onLine={(more) => set(i, more)} onDrop={lines.length > 1 ? () => onLines(lines.filter((_, at) => at !== i)) : undefined} />
      ))}
      <p className="note">{t('titleHint')}</p>
      <div className="receipt-sum">
        <Button size="small" disabled={lines.length >= 30} onClick={() => onLines([...lines, {}])}>
          {t('addLine')}
        </Button>
        {said.length > 1 && <span>{sum === undefined ? t('sumOnly', { n: said.length }) : t('sum', { n: said.length, amount: sum })}</span>}
      </div>
    </fieldset>
  )
}

function One({ n, line, products, onLine, onDrop }: { n: number; line: ReceiptLine; products: readonly Choice[]; onLine: (more: Partial<ReceiptLine>) => void; onDrop?: () => void }) {
  const t = useWords()
  const say = useSay()
  const label = (what: 'title' | 'quantity' | 'amount') => `${t('line', { n })} ${t(what)}`
  const typed = line.title?.trim().toLowerCase() ?? ''
  const options = products
    .map(({ key, text }) => ({ value: say(text), key }))
    .filter(({ value }) => !typed || value.toLowerCase().includes(typed))
    .slice(0, 30)
  return (
    <div className="receipt-line">
      <div className="receipt-what">
        <AutoComplete
          aria-label={label('title')}
          placeholder={t('title')}
          value={line.title}
          options={options}
          maxLength={300}
          onChange={(title: string) => onLine({ title, product: undefined })}
          onSelect={(title: string, { key }: { key: string }) => onLine({ title, product: key })}
        />
        {line.product && <span className="note nowrap">{t('known')}</span>}
      </div>
      <div className="receipt-figures">
        <InputNumber controls={false} aria-label={label('quantity')} placeholder={t('quantity')} suffix={line.quantity ? t('box') : undefined} min={0} max={10_000} value={line.quantity ?? null} onChange={(v) => onLine({ quantity: v ?? undefined })} />
        <InputNumber controls={false} aria-label={label('amount')} placeholder={t('amount')} suffix={line.amount ? t('cny') : undefined} min={0} max={10_000_000} precision={2} value={line.amount ?? null} onChange={(v) => onLine({ amount: v ?? undefined })} />
        <Checkbox checked={line.prescription ?? false} onChange={(e) => onLine({ prescription: e.target.checked || undefined })}>
          {t('prescription')}
        </Checkbox>
        {onDrop && (
          <Button type="text" size="small" aria-label={t('dropLine', { n })} onClick={onDrop}>
            ×
          </Button>
        )}
      </div>
    </div>
  )
}
