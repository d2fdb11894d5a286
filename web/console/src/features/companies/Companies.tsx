import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { DataFrame } from '../data/DataFrame'
import { CompanyCard } from './CompanyCard'
import { CompanyForm } from './CompanyForm'
import { companiesQuery } from './companies'
import { useWords } from './strings'
import './companies.css'

/** CompaniesPage connects companies of WeCom and shows whether what they tell arrives. */
export function CompaniesPage() {
  const t = useWords()
  const { data, error, refetch } = useQuery(companiesQuery)
  const [adding, setAdding] = useState(false)
  const add = (
    <Button type="primary" onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  )
  return (
    <DataFrame aside={data?.mayManage && data.items.length > 0 && add}>
      <p className="note">{t('line')}</p>
      {error ? (
        <ErrorBox error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={10} />
      ) : data.items.length === 0 ? (
        <Empty title={t('none')} action={data.mayManage && add}>
          {t('noneLine')}
        </Empty>
      ) : (
        data.items.map((one) => <CompanyCard key={one.id} all={data} company={one} />)
      )}
      {adding && data && <CompanyForm all={data} onClose={() => setAdding(false)} />}
    </DataFrame>
  )
}
