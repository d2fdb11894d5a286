import { App as Antd, Button, Input, Select } from 'antd'
import { useState } from 'react'
import type { Companies, Company } from '../../../../client/companies'
import { ErrorBox } from '../../../../ui/states'
import { useCompany } from './companies'
import { useWords } from './strings'

interface Row {
  user: string
  staff: string
}

/** Members says which colleague each member of WeCom is: whom a customer adds looks after them. */
export function Members({ all, company, found }: { all: Companies; company: Company; found: readonly string[] }) {
  const t = useWords()
  const { message } = Antd.useApp()
  const { save } = useCompany(company)
  const [own, setOwn] = useState<Row[]>()
  const kept = company.members.map(({ user, staff }) => ({ user, staff: staff.id }))
  const rows = own ?? [...kept, ...found.filter((user) => !kept.some((row) => row.user === user)).map((user) => ({ user, staff: '' }))]
  const change = (at: number, more: Partial<Row>) => setOwn(rows.map((row, i) => (i === at ? { ...row, ...more } : row)))
  const send = () =>
    save.mutate(
      { members: Object.fromEntries(rows.filter(({ user, staff }) => user.trim() && staff).map(({ user, staff }) => [user.trim(), staff])) },
      {
        onSuccess: () => {
          setOwn(undefined)
          void message.success(t('saved'))
        },
      },
    )
  return (
    <section aria-label={t('members')}>
      <h3>{t('members')}</h3>
      <p className="note">{rows.length === 0 ? t('membersFirst') : t('membersLine')}</p>
      {rows.length > 0 && (
        <table className="data-table companies-members">
          <thead>
            <tr>
              <th scope="col">{t('user')}</th>
              <th scope="col">{t('colleague')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                <td>
                  {kept.some((one) => one.user === row.user) || found.includes(row.user) || !all.mayManage ? <span className="user-text">{row.user}</span> : <Input aria-label={t('user')} value={row.user} maxLength={64} onChange={(e) => change(i, { user: e.target.value })} />}
                </td>
                <td>
                  {all.mayManage ? (
                    <Select aria-label={`${t('colleague')} ${row.user}`} value={row.staff} showSearch={{ optionFilterProp: 'label' }} onChange={(staff) => change(i, { staff })} options={[{ value: '', label: t('noColleague') }, ...all.staff.map((one) => ({ value: one.id, label: one.name }))]} />
                  ) : (
                    all.staff.find((one) => one.id === row.staff)?.name
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {all.mayManage && (
        <p className="companies-line">
          <Button size="small" onClick={() => setOwn([...rows, { user: '', staff: '' }])}>
            {t('addMember')}
          </Button>
          {own && (
            <Button size="small" type="primary" loading={save.isPending} onClick={send}>
              {t('saveMembers')}
            </Button>
          )}
        </p>
      )}
      {save.error && <ErrorBox error={save.error} />}
    </section>
  )
}
