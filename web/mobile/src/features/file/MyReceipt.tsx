import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { FileEntry, Stated } from '../../../../client/file'
import type { Receipt, ReceiptLine, TypedLine } from '../../../../client/receipts'
import { fileQuery, receiptsQuery, sender } from './query'
import { nothingTold, ReceiptFields, saidOf, soundTold, type Told, toldOf } from './ReceiptFields'
import { useFileWords } from './strings'
import { Trouble } from './Trouble'

const refusals = ['unreadable', 'duplicate', 'not_receipt', 'not_ours'] as const

/** MyReceipt says what became of a receipt: it waits with what was said of it, it is registered line by line, or why it came back. */
export function MyReceipt({ entry: { id, properties } }: { entry: FileEntry }) {
  const t = useFileWords()
  const receipt = properties.kind === 'receipt'
  const { data } = useQuery({ ...receiptsQuery, enabled: receipt })
  const [change, setChange] = useState(false)
  if (!receipt) return null
  const one = data?.items.find((row) => row.id === id)
  const why = refusals.find((key) => key === properties.refusal)
  const lines: readonly (ReceiptLine | TypedLine)[] = one?.typed?.orders ?? one?.told?.lines ?? []
  return (
    <>
      <p className={why ? 'field-error' : 'soft'}>{why ? t(`refused_${why}`) : t(properties.status === 'verified' ? 'receiptTyped' : 'receiptWaits')}</p>
      {lines.length > 0 && !change && (
        <ul className="receipt-things">
          {lines.map((line, i) => (
            <Thing key={i} line={line} />
          ))}
        </ul>
      )}
      {one?.state === 'uploaded' &&
        (change ? (
          <Tell one={one} onDone={() => setChange(false)} />
        ) : (
          <button type="button" className="text-button" onClick={() => setChange(true)}>
            {t(one.told ? 'receiptChange' : 'receiptTell')}
          </button>
        ))}
    </>
  )
}

function Thing({ line }: { line: ReceiptLine | TypedLine }) {
  const t = useFileWords()
  const kept = 'kept' in line ? line.kept : 1
  const days = 'kept' in line ? line.days : undefined
  const parts = [line.title, line.quantity ? t('receiptBoxes', { n: line.quantity }) : '', line.amount ? t('receiptYuan', { n: line.amount }) : '', kept === 0 ? t('receiptBack') : days ? t('receiptLasts', { n: days }) : '']
  return <li className="user-text">{parts.filter((part) => part).join(' · ')}</li>
}

/** Tell lets a person say what a receipt holds while nobody has typed it. */
function Tell({ one, onDone }: { one: Receipt; onDone: () => void }) {
  const t = useFileWords()
  const client = useQueryClient()
  const [told, setTold] = useState<Told>(() => (one.told ? toldOf(one.told) : nothingTold))
  const [checked, setChecked] = useState(false)
  const [send] = useState(sender)
  const save = useMutation({
    mutationFn: () => send<Stated>(`/api/me/receipts/${one.id}/told`, saidOf(told) ?? {}),
    onSuccess: async () => {
      await Promise.all([client.invalidateQueries({ queryKey: fileQuery.queryKey }), client.invalidateQueries({ queryKey: receiptsQuery.queryKey })])
      onDone()
    },
  })
  return (
    <form
      className="file-form"
      onSubmit={(event) => {
        event.preventDefault()
        setChecked(true)
        if (soundTold(told) && !save.isPending) save.mutate()
      }}
    >
      <ReceiptFields told={told} onTold={setTold} checked={checked} />
      <Trouble error={save.error} />
      <button type="submit" className="main-button">
        {t('receiptSave')}
      </button>
      <button type="button" className="text-button" onClick={onDone}>
        {t('cancel')}
      </button>
    </form>
  )
}
