import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, get, OfflineError, post } from '../../../../client/http'
import type { Uploader } from '../../../../client/uploaders'
import { useSay } from '../../../../ui/i18n'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../session/Session'
import { useUploaderWords } from './uploaderWords'

const queryKey = ['me', 'uploaders'] as const

/** MyUploaders connects programs that send a sensor's readings as to Nightscout. A secret is told once; without an idempotency key, so that it is kept nowhere. */
export function MyUploaders() {
  const t = useUploaderWords()
  const moment = useMoment()
  const client = useQueryClient()
  const [asked, setAsked] = useState<string>()
  const list = useQuery({ queryKey, queryFn: ({ signal }) => get<{ items: Uploader[] }>('/api/me/uploaders', { signal }) })
  const onSettled = () => void client.invalidateQueries({ queryKey })
  const make = useMutation({ mutationFn: () => post<Uploader>('/api/me/uploaders', {}), onSettled })
  const end = useMutation({ mutationFn: (id: string) => post<undefined>(`/api/me/uploaders/${id}/revoke`), onSettled })
  const holding = list.data?.items.filter((one) => !one.revoked) ?? []
  return (
    <section className="card">
      <h2>{t('title')}</h2>
      <p className="soft">{t('what')}</p>
      {holding.map((one) => (
        <div key={one.id} className="uploader">
          <p>
            {t('since', { at: formatAt(new Date(one.created), moment) })}
            <br />
            <span className="soft">{one.used ? t('used', { at: formatAt(new Date(one.used), moment) }) : t('unused')}</span>
          </p>
          <button type="button" className="text-button" disabled={end.isPending} onClick={() => (asked === one.id ? end.mutate(one.id) : setAsked(one.id))}>
            {t(asked === one.id ? 'endSure' : 'end')}
          </button>
        </div>
      ))}
      {make.data?.secret && make.data.xdrip && (
        <div role="group" aria-label={t('made')}>
          <p>
            <b>{t('once')}</b>
          </p>
          <Told label={t('address')} text={make.data.address} />
          <Told label={t('secret')} text={make.data.secret} />
          <Told label={t('xdrip')} text={make.data.xdrip} />
        </div>
      )}
      <Wrong error={make.error ?? end.error ?? list.error} />
      <button type="button" className="plain-button" disabled={make.isPending} onClick={() => make.mutate()}>
        {t('make')}
      </button>
    </section>
  )
}

function Told({ label, text }: { label: string; text: string }) {
  const t = useUploaderWords()
  const [done, setDone] = useState(false)
  return (
    <div className="uploader-told">
      <span className="soft">{label}</span>
      <code>{text}</code>
      {navigator.clipboard && (
        <button type="button" className="text-button" onClick={() => void navigator.clipboard.writeText(text).then(() => setDone(true))}>
          {t(done ? 'copied' : 'copy')}
        </button>
      )}
    </div>
  )
}

function Wrong({ error }: { error: Error | null }) {
  const t = useUploaderWords()
  const say = useSay()
  if (!error) return null
  return (
    <p className="field-error" role="alert">
      {error instanceof OfflineError ? t('offline') : (error instanceof ApiError && say(error.problem.text)) || t('failed')}
    </p>
  )
}
