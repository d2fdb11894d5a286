import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { DataFrame } from '../data/DataFrame'
import { Order } from './Order'
import { SenderCard } from './SenderCard'
import { SenderForm } from './SenderForm'
import { sendersQuery } from './senders'
import { useWords } from './strings'
import './senders.css'

/** SendersPage connects the ways by which messages leave and says in which order they are tried. */
export function SendersPage() {
  const t = useWords()
  const { data, error, refetch } = useQuery(sendersQuery)
  const [adding, setAdding] = useState(false)
  const add = (
    <Button type="primary" onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  )
  return (
    <DataFrame aside={data?.mayManage && data.items.length > 0 && add}>
      <p className="note">{t(data?.contained ? 'contained' : 'line')}</p>
      {error ? (
        <ErrorBox error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={10} />
      ) : data.items.length === 0 ? (
        <Empty title={t('none')} action={data.mayManage && add}>
          {t('noneLine')}
        </Empty>
      ) : (
        <>
          <Order key={data.version} all={data} />
          {data.items.map((one) => (
            <SenderCard key={one.id} all={data} one={one} />
          ))}
        </>
      )}
      {adding && data && <SenderForm all={data} onClose={() => setAdding(false)} />}
    </DataFrame>
  )
}
