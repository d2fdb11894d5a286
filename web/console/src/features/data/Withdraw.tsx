import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button } from 'antd'
import { get, newKey, post } from '../../../../client/http'
import type { Import } from '../../../../client/imports'
import type { Source } from '../../../../client/sources'
import { ErrorBox } from '../../../../ui/states'
import { count } from './data'
import { useWords } from './strings'

interface Withdrawal {
  events: number
  people: number
  signed: number
}

interface Reinstatement {
  events: number
  people: number
}

/** Withdraw takes back all that a source sent, after showing how much that is; it goes on in the background. */
export function Withdraw({ source }: { source: Source }) {
  const t = useWords()
  const client = useQueryClient()
  const { modal, message } = Antd.useApp()
  const act = useMutation({
    mutationFn: (events: number) => post<Import>(`/api/sources/${source.number}/withdraw`, { events }, { idempotencyKey: newKey() }),
    onSuccess: () => void message.success({ content: t('withdrawDone'), duration: 6 }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['imports'] }),
  })
  const key = ['sources', source.number, 'reinstatement']
  const back = useQuery({ queryKey: key, queryFn: () => get<Reinstatement>(`/api/sources/${source.number}/reinstatement`) })
  const restore = useMutation({
    mutationFn: (events: number) => post<Import>(`/api/sources/${source.number}/reinstate`, { events }, { idempotencyKey: newKey() }),
    onSuccess: () => void message.success({ content: t('withdrawDone'), duration: 6 }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['imports'] })
      void client.invalidateQueries({ queryKey: key })
    },
  })
  const askBack = ({ events, people }: Reinstatement) => {
    const how = { events: count(events), people: count(people) }
    void modal.confirm({
      title: t('reinstateTitle', { name: source.name }),
      content: t('reinstateBody', how),
      okText: t('reinstateOk', how),
      cancelText: t('cancel'),
      onOk: () => restore.mutate(events),
    })
  }
  const look = useMutation({
    mutationFn: () => get<Withdrawal>(`/api/sources/${source.number}/withdrawal`),
    onSuccess: ({ events, people, signed }) => {
      const how = { events: count(events), people: count(people), signed: count(signed) }
      if (events === 0) void message.info({ content: t('withdrawNone'), duration: 6 })
      else
        void modal.confirm({
          title: t('withdrawTitle', { name: source.name }),
          content: t(signed > 0 ? 'withdrawSigned' : 'withdrawBody', how),
          okText: t('withdrawOk', how),
          okButtonProps: { danger: true },
          cancelText: t('cancel'),
          onOk: () => act.mutate(events),
        })
    },
  })
  return (
    <>
      <Button loading={look.isPending || act.isPending} onClick={() => look.mutate()}>
        {t('withdraw')}
      </Button>
      {back.data && back.data.events > 0 && (
        <Button loading={restore.isPending} onClick={() => askBack(back.data)}>
          {t('reinstate')}
        </Button>
      )}
      {(look.error ?? act.error ?? restore.error) && <ErrorBox error={look.error ?? act.error ?? restore.error} />}
    </>
  )
}
