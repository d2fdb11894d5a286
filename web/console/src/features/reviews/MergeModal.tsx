import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { get } from '../../../../client/http'
import type { PersonRow } from '../../../../client/types'
import { ErrorBox } from '../../../../ui/states'
import { useRecordWords } from './recordWords'
import { mergePeople } from './reviews'

/** MergeModal makes one person of this one and another that is looked for by name. */
export function MergeModal({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useRecordWords()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [q, setQ] = useState('')
  const [other, setOther] = useState<string>()
  const [why, setWhy] = useState('')
  const [tried, setTried] = useState(false)
  const found = useQuery({ queryKey: ['people', 'merge', q], queryFn: ({ signal }) => get<{ items: PersonRow[] }>('/api/people', { signal, query: { q, limit: 20 } }), enabled: q.trim() !== '', placeholderData: (before) => before })
  const act = useMutation({
    mutationFn: () => mergePeople(id, other ?? '', why.trim()),
    onSuccess: () => {
      void client.invalidateQueries()
      void message.success({ content: t('merged'), duration: 6 })
      onClose()
    },
  })
  const missing = !other ? t('otherFirst') : why.trim() === '' ? t('whyFirst') : undefined
  const send = () => {
    setTried(true)
    if (!missing) act.mutate()
  }
  const people = q.trim() === '' ? [] : (found.data?.items ?? []).filter((one) => one.id !== id)
  return (
    <Modal open title={t('mergeTitle')} okText={t('merge')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={send} onCancel={onClose} destroyOnHidden>
      <div className="review-ask">
        <p>{t('mergeLead')}</p>
        <label>
          <span>{t('other')}</span>
          <Select
            showSearch={{ filterOption: false, onSearch: setQ }}
            aria-label={t('other')}
            value={other}
            onChange={setOther}
            notFoundContent={null}
            options={people.map((one) => ({ value: one.id, label: <span className="user-text">{[one.name, one.age, one.last4].filter(Boolean).join(' ')}</span> }))}
          />
        </label>
        <label>
          <span>{t('why')}</span>
          <Input.TextArea value={why} maxLength={300} rows={2} aria-label={t('why')} onChange={(event) => setWhy(event.target.value)} />
        </label>
        {tried && missing && (
          <p className="wrong" role="alert">
            {missing}
          </p>
        )}
        {act.error && <ErrorBox error={act.error} onRetry={send} />}
      </div>
    </Modal>
  )
}
