import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Drawer, Input, Progress, Select } from 'antd'
import { useId, useRef, useState } from 'react'
import type { Stated } from '../../../../../client/file'
import { ApiError, newKey } from '../../../../../client/http'
import type { Catalogue } from '../../../../../client/types'
import { upload } from '../../../../../client/upload'
import { useLanguage, useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { catalogueQuery } from '../../../layout/catalogue'
import { useWords } from './sentences'
import { Trouble } from './Trouble'

/** ReportDrawer uploads one report; what is too large or of another kind is told before a byte is sent. */
export function ReportDrawer({ person, onClose }: { person: string; onClose: () => void }) {
  const t = useWords()
  const catalogue = useQuery(catalogueQuery)
  return (
    <Drawer open onClose={onClose} title={t('upload')} size={480}>
      {catalogue.error ? (
        <ErrorBox error={catalogue.error} onRetry={() => void catalogue.refetch()} />
      ) : catalogue.data ? (
        <Form person={person} catalogue={catalogue.data} onClose={onClose} />
      ) : (
        <Skeleton lines={6} />
      )}
    </Drawer>
  )
}

const mega = 1024 * 1024
/** sized says how much a file holds, in MB with what matters. */
export const sized = (bytes: number): string => `${(bytes / mega).toFixed(bytes < 10 * mega && bytes % mega !== 0 ? 1 : 0)} MB`

function Form({ person, catalogue, onClose }: { person: string; catalogue: Catalogue; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const language = useLanguage()
  const id = useId()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File>()
  const [key, setKey] = useState(newKey)
  const [kind, setKind] = useState<string>()
  const [at, setAt] = useState('')
  const [part, setPart] = useState(0)
  const [stop, setStop] = useState<AbortController>()
  const [wrong, setWrong] = useState<{ file?: string; kind?: string; at?: string }>({})
  const { largest, media } = catalogue.reports
  const kinds = catalogue.eventTypes.find((one) => one.key === 'report')?.fields.find((one) => one.name === 'kind')?.words ?? []
  const refusal = (one: File): string | undefined => {
    if (one.size > largest) return t('tooLarge', { size: sized(one.size), most: sized(largest) })
    // A browser that does not say what it is lets the server look inside.
    return one.type && !media.includes(one.type) ? t('wrongType') : undefined
  }
  const send = useMutation({
    mutationFn: (one: File) => {
      const control = new AbortController()
      setStop(control)
      setPart(0)
      return upload<Stated>(`/api/people/${person}/reports`, one, {
        query: { kind, name: one.name.slice(0, 100), at: at.trim() || undefined }, idempotencyKey: key, onProgress: setPart, signal: control.signal,
      })
    },
    onSettled: () => setStop(undefined),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['person', person] })
      void message.success(t('uploaded'), 6)
      onClose()
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) return
      const field = /^query\.(kind|at)$/.exec(error.problem.field ?? '')?.[1]
      const words = [say(error.problem.text), say(error.problem.hintText)].filter(Boolean).join(language === 'zh' ? '。' : '. ')
      if (field) setWrong({ [field]: words })
    },
  })
  const submit = () => {
    const next = { file: file ? refusal(file) : t('needFile'), kind: kind ? undefined : t('missing') }
    setWrong(next)
    if (file && !next.file && !next.kind && !send.isPending) send.mutate(file)
  }
  const bad = (text: string | undefined) =>
    text && (
      <p className="field-error" role="alert">
        {text}
      </p>
    )
  return (
    <form
      className="file-form"
      aria-label={t('upload')}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-kind`}>
          {t('uploadKind')}
          <span className="file-must"> *</span>
        </label>
        <Select id={`${id}-kind`} value={kind} placeholder={t('pick')} status={wrong.kind ? 'error' : undefined} options={kinds.map((one) => ({ value: one.key, label: say(one.name) }))} onChange={setKind} />
        {bad(wrong.kind)}
      </div>
      <div className="field">
        <label htmlFor={`${id}-file`}>
          {t('uploadFile')}
          <span className="file-must"> *</span>
        </label>
        <input
          ref={input}
          id={`${id}-file`}
          type="file"
          accept={media.join(',')}
          hidden
          onChange={(event) => {
            const one = event.target.files?.[0]
            setFile(one)
            setKey(newKey())
            setWrong((before) => ({ ...before, file: one && refusal(one) }))
            send.reset()
          }}
        />
        <span>
          <Button onClick={() => input.current?.click()}>{t('uploadPick')}</Button>{' '}
          {file && <span className="user-text">{t('chosen2', { name: file.name, size: sized(file.size) })}</span>}
        </span>
        <p className="note">{t('uploadHint', { most: sized(largest) })}</p>
        {bad(wrong.file)}
      </div>
      <div className="field">
        <label htmlFor={`${id}-at`}>{t('reportOn')}</label>
        <Input id={`${id}-at`} value={at} autoComplete="off" maxLength={40} status={wrong.at ? 'error' : undefined} onChange={(event) => setAt(event.target.value)} />
        <p className="note">{t('whenHint')}</p>
        {bad(wrong.at)}
      </div>
      {send.isPending && (
        <div className="file-sending" role="status">
          <Progress percent={Math.round(part * 100)} showInfo={false} aria-label={t('upload')} />
          <span>{t('sendingPart', { n: Math.round(part * 100) })}</span>
          <Button size="small" onClick={() => stop?.abort()}>
            {t('stopSending')}
          </Button>
        </div>
      )}
      {!(send.error instanceof DOMException) && <Trouble error={send.error} onLatest={onClose} />}
      <div className="file-save">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button type="primary" htmlType="submit" loading={send.isPending}>
          {t('upload')}
        </Button>
      </div>
    </form>
  )
}
