import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Stated } from '../../../../client/file'
import { newKey, post } from '../../../../client/http'
import type { Catalogue } from '../../../../client/types'
import { upload } from '../../../../client/upload'
import { useSay } from '../../../../ui/i18n'
import { Page } from '../../parts/Page'
import { Chips, wordsOf } from './fields'
import { fileQuery, receiptsQuery } from './query'
import { nothingTold, ReceiptFields, saidOf, soundTold } from './ReceiptFields'
import { useRefusal, useSize } from './refusal'
import { useFileWords } from './strings'
import { Trouble } from './Trouble'
import { WhenPick } from './WhenPick'

/**
 * ReportForm sends a photo or a PDF. What is too large or of another kind is told before a byte is sent. Of a receipt the person may
 * say what it holds, which spares staff a question.
 */
export function ReportForm({ catalogue, receipt = false, onDone }: { catalogue: Catalogue; receipt?: boolean; onDone: () => void }) {
  const t = useFileWords()
  const say = useSay()
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File>()
  const [key, setKey] = useState(newKey)
  const [kind, setKind] = useState(receipt ? 'receipt' : '')
  const [told, setTold] = useState(nothingTold)
  const [checked, setChecked] = useState(false)
  const [at, setAt] = useState('')
  const [part, setPart] = useState(0)
  const [stop, setStop] = useState<AbortController>()
  const [wrong, setWrong] = useState<{ file?: string; kind?: string }>({})
  const { media } = catalogue.reports
  const refusal = useRefusal(catalogue)
  const size = useSize()
  const send = useMutation({
    mutationFn: async (one: File) => {
      const control = new AbortController()
      setStop(control)
      setPart(0)
      const kept = await upload<Stated>('/api/me/reports', one, { query: { kind, name: one.name.slice(0, 100), at: at || undefined }, idempotencyKey: key, onProgress: setPart, signal: control.signal })
      const said = saidOf(told)
      return kind === 'receipt' && said ? post<Stated>(`/api/me/receipts/${kept.entry.id}/told`, said, { idempotencyKey: `${key}-told` }) : kept
    },
    onSettled: () => setStop(undefined),
    onSuccess: async () => {
      await Promise.all([client.invalidateQueries({ queryKey: fileQuery.queryKey }), client.invalidateQueries({ queryKey: receiptsQuery.queryKey })])
      onDone()
    },
  })
  const submit = () => {
    const next = { file: file ? refusal(file) : t('needFile'), kind: kind ? undefined : t('needPick') }
    setWrong(next)
    setChecked(true)
    if (file && !next.file && !next.kind && (kind !== 'receipt' || soundTold(told)) && !send.isPending) send.mutate(file)
  }
  const aborted = send.error instanceof DOMException
  return (
    <Page title={t(receipt ? 'addReceipt' : 'addReport')} back="/file">
      <form
        className="file-form"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {!receipt && <Chips label={t('reportKind')} options={wordsOf(catalogue, 'report', 'kind').map((one) => ({ key: one.key, text: say(one.name) }))} value={kind} wrong={wrong.kind} onValue={setKind} />}
        <div className="field">
          <input
            ref={input}
            type="file"
            aria-label={t('choose')}
            hidden
            accept={media.join(',')}
            onChange={(event) => {
              const one = event.target.files?.[0]
              setFile(one)
              setKey(newKey())
              setWrong((before) => ({ ...before, file: one && refusal(one) }))
              send.reset()
            }}
          />
          <button type="button" className="plain-button" onClick={() => input.current?.click()}>
            {t('choose')}
          </button>
          {file && !wrong.file && <p className="soft user-text">{t('chosen', { name: file.name, size: size(file.size) })}</p>}
          {wrong.file && (
            <p className="field-error" role="alert">
              {wrong.file}
            </p>
          )}
        </div>
        <WhenPick label={t(kind === 'receipt' ? 'boughtOn' : 'on')} value={at} onValue={setAt} loose />
        {kind === 'receipt' && (
          <>
            <ReceiptFields told={told} onTold={setTold} checked={checked} />
            <p className="soft">{t('receiptNext')}</p>
          </>
        )}
        {send.isPending && (
          <div className="stack" role="status">
            <progress value={part} max={1} aria-label={t('send')} />
            <p>{t('sending', { n: Math.round(part * 100) })}</p>
            <button type="button" className="plain-button" onClick={() => stop?.abort()}>
              {t('stopSending')}
            </button>
          </div>
        )}
        {!aborted && <Trouble error={send.error} />}
        {!send.isPending && (
          <button type="submit" className="main-button">
            {t('send')}
          </button>
        )}
      </form>
    </Page>
  )
}
