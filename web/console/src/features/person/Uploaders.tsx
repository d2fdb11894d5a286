import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Modal, Popconfirm } from 'antd'
import { get, post } from '../../../../client/http'
import type { Person } from '../../../../client/types'
import type { Uploader } from '../../../../client/uploaders'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useUploaderWords } from './uploaderWords'

/** Uploaders are the keys by which a person's own devices send readings. A secret is told once; without an idempotency key, so that it is kept nowhere. */
export function Uploaders({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useUploaderWords()
  const say = useSay()
  const moment = useMoment()
  const client = useQueryClient()
  const queryKey = ['person', person.id, 'uploaders']
  const list = useQuery({ queryKey, queryFn: ({ signal }) => get<{ items: Uploader[] }>(`/api/people/${person.id}/uploaders`, { signal }) })
  const onSettled = () => void client.invalidateQueries({ queryKey })
  const make = useMutation({ mutationFn: () => post<Uploader>(`/api/people/${person.id}/uploaders`, {}), onSettled })
  const end = useMutation({ mutationFn: (id: string) => post<undefined>(`/api/people/${person.id}/uploaders/${id}/revoke`), onSettled })
  const holding = list.data?.items.filter((one) => !one.revoked) ?? []
  return (
    <Modal open title={t('title', { name: person.name })} footer={null} onCancel={onClose} mask={{ closable: !make.data }} width={720}>
      <div className="uploaders">
        <p>{t('what')}</p>
        {make.data?.secret && make.data.xdrip && (
          <section className="uploader-new" aria-label={t('made')}>
            <p>
              <b>{t('once')}</b>
            </p>
            <Copied label={t('address')} text={make.data.address} />
            <Copied label={t('secret')} text={make.data.secret} />
            <Copied label={t('xdrip')} text={make.data.xdrip} />
          </section>
        )}
        {(make.error ?? end.error) && <ErrorBox error={make.error ?? end.error} />}
        {list.error ? (
          <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={2} />
        ) : holding.length === 0 ? (
          <p className="unknown">{t('none')}</p>
        ) : (
          <ul className="plain">
            {holding.map((one) => (
              <li key={one.id} className="uploader">
                <span>
                  {t('since', { at: formatAt(new Date(one.created), moment) })}
                  {one.by && ` · ${say(one.by)}`}
                  <span className="note"> {one.used ? t('used', { at: formatAt(new Date(one.used), moment) }) : t('unused')}</span>
                </span>
                <Popconfirm title={t('endSure')} okText={t('end')} cancelText={t('keep')} onConfirm={() => end.mutate(one.id)}>
                  <Button size="small" loading={end.isPending && end.variables === one.id}>
                    {t('end')}
                  </Button>
                </Popconfirm>
              </li>
            ))}
          </ul>
        )}
        <Button type="primary" loading={make.isPending} onClick={() => make.mutate()}>
          {t('make')}
        </Button>
      </div>
    </Modal>
  )
}

function Copied({ label, text }: { label: string; text: string }) {
  const t = useUploaderWords()
  const { message } = Antd.useApp()
  return (
    <div className="uploader-copy" role="group" aria-label={label}>
      <b>{label}</b>
      <code className="code-url" tabIndex={0}>
        {text}
      </code>
      {navigator.clipboard && (
        <Button size="small" onClick={() => void navigator.clipboard.writeText(text).then(() => message.success({ content: t('copied'), duration: 6 }))}>
          {t('copy')}
        </Button>
      )}
    </div>
  )
}
