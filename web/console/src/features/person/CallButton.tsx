import { useQuery } from '@tanstack/react-query'
import { App as Antd, Button, Popover } from 'antd'
import { useState } from 'react'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { mayWrite, useSession } from '../session/session'
import { phoneQuery } from './person'
import { useWords } from './strings'

/** CallButton shows the number only when asked for: in a full office a screen has many readers. */
export function CallButton({ person, primary }: { person: string; primary?: boolean }) {
  const t = useWords()
  const session = useSession()
  const [open, setOpen] = useState(false)
  if (!mayWrite(session)) return null
  return (
    <Popover trigger="click" open={open} onOpenChange={setOpen} destroyOnHidden title={t('phone')} content={<Number person={person} />}>
      <Button type={primary ? 'primary' : 'default'}>{t('call')}</Button>
    </Popover>
  )
}

function Number({ person }: { person: string }) {
  const t = useWords()
  const { message } = Antd.useApp()
  const number = useQuery(phoneQuery(person))
  if (number.error) return <ErrorBox error={number.error} onRetry={() => void number.refetch()} />
  if (!number.data) return <Skeleton lines={1} />
  const { phone } = number.data
  if (!phone) return <p>{t('noPhone')}</p>
  return (
    <div className="phone">
      <a className="phone-number" href={`tel:${phone}`}>
        {phone}
      </a>
      {navigator.clipboard && (
        <Button
          size="small"
          onClick={() => void navigator.clipboard.writeText(phone).then(() => message.success({ content: t('copied'), duration: 6 }))}
        >
          {t('copy')}
        </Button>
      )}
      <p className="note">{t('phoneSeen')}</p>
    </div>
  )
}
