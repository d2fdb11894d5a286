import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import type { Receipt } from '../../../../client/receipts'
import { useWords } from './strings'

/** Picture shows a receipt beside the form, from memory: it is gone when it is closed, and the look is on record with the server. */
export function Picture({ file }: { file: NonNullable<Receipt['file']> }) {
  const t = useWords()
  const picture = /^image\/(jpeg|png|webp)$/.test(file.media)
  const [large, setLarge] = useState(false)
  const data = useQuery({
    queryKey: ['receipt', 'picture', file.url] as const,
    queryFn: async ({ signal }) => {
      const answer = await fetch(file.url, { signal, credentials: 'same-origin' })
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      return answer.blob()
    },
    enabled: picture,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [source, setSource] = useState('')
  useEffect(() => {
    if (!data.data) return
    const address = URL.createObjectURL(data.data)
    setSource(address)
    return () => URL.revokeObjectURL(address)
  }, [data.data])
  if (!picture)
    return (
      <div className="receipt-picture receipt-plain">
        <p>{t('noPicture')}</p>
        <Button href={file.url} download>
          {t('open')}
        </Button>
      </div>
    )
  if (data.error)
    return (
      <p className="data-wrong" role="alert">
        {t('openFailed')}
      </p>
    )
  return (
    <div className="receipt-picture">
      <div className="receipt-scroll">{source ? <img className={large ? 'receipt-large' : undefined} src={source} alt={file.name} /> : <p role="status">{t('opening')}</p>}</div>
      <Button size="small" aria-pressed={large} onClick={() => setLarge(!large)}>
        {t(large ? 'small' : 'zoom')}
      </Button>
    </div>
  )
}
