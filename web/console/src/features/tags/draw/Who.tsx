import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { get } from '../../../../../client/http'
import type { List, PersonRow } from '../../../../../client/types'
import { useSettled } from '../RuleField'
import { useDraw } from './strings'

/** Who chooses one person by name or last digits. */
export function Who({ value, placeholder, onValue }: { value: string | undefined; placeholder: string; onValue: (person: string | undefined, name: string) => void }) {
  const t = useDraw()
  const [text, setText] = useState('')
  const q = useSettled(text.trim(), 250)
  const found = useQuery({
    queryKey: ['people', 'walk', q] as const,
    queryFn: ({ signal }) => get<List<PersonRow>>('/api/people', { signal, query: { q: q || undefined, limit: 20 } }),
    placeholderData: keepPreviousData,
  })
  const rows = found.data?.items ?? []
  return (
    <Select
      aria-label={t('findPerson')}
      showSearch
      allowClear
      filterOption={false}
      value={value}
      placeholder={placeholder}
      onSearch={setText}
      onChange={(id: string | undefined) => onValue(id, rows.find((row) => row.id === id)?.name ?? '')}
      loading={found.isFetching}
      options={rows.map((row) => ({ value: row.id, label: row.name }))}
    />
  )
}
