import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Checkbox, Modal, Select, Space } from 'antd'
import { useState } from 'react'
import type { ContactWaySaid, Entrance } from '../../../../client/channels'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { companiesQuery } from '../companies/companies'
import { useSession } from '../session/session'
import { dropContactWay, putContactWay } from './channels'
import { useWords } from './strings'

/** WecomCode is the contact way of WeCom that carries a code's state: whose it is, its picture, and a form that makes or changes it. */
export function WecomCode({ entrance }: { entrance: Entrance }) {
  const t = useWords()
  const [open, setOpen] = useState(false)
  const may = useSession().can.includes('intake.read') && entrance.mayChange
  const way = entrance.contactWay
  return (
    <section className="channels-wecom" aria-label={t('wecom')}>
      <h3>{t('wecom')}</h3>
      {way ? (
        <p className="note">
          {t('wecomAdds', { users: way.users.join('、') })} <a href={way.qr} target="_blank" rel="noreferrer">{t('wecomPicture')}</a>
        </p>
      ) : (
        <p className="note">{t('wecomNone')}</p>
      )}
      {may && (
        <Button size="small" onClick={() => setOpen(true)}>
          {t(way ? 'wecomChange' : 'wecomMake')}
        </Button>
      )}
      {open && <Form entrance={entrance} onClose={() => setOpen(false)} />}
    </section>
  )
}

function Form({ entrance, onClose }: { entrance: Entrance; onClose: () => void }) {
  const t = useWords()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const companies = useQuery(companiesQuery)
  const [said, setSaid] = useState<Partial<ContactWaySaid>>(entrance.contactWay ?? {})
  const onSuccess = () => {
    void client.invalidateQueries({ queryKey: ['channels'] })
    void message.success(t('saved'))
    onClose()
  }
  const save = useMutation({ mutationFn: (body: ContactWaySaid) => putContactWay(entrance.id, body), onSuccess })
  const drop = useMutation({ mutationFn: () => dropContactWay(entrance.id), onSuccess })
  const all = companies.data?.items ?? []
  const company = all.find((one) => one.id === said.corp) ?? all[0]
  const own = company?.members.filter((one) => one.staff.id === entrance.owner).map((one) => one.user) ?? []
  const users = said.users ?? own
  const send = () => company && save.mutate({ corp: company.id, users, ask: said.ask })
  return (
    <Modal open title={t('wecom')} okText={t('save')} cancelText={t('cancel')} okButtonProps={{ loading: save.isPending, disabled: !company || users.length === 0 }} onOk={send} onCancel={onClose} destroyOnHidden
      footer={(_, { OkBtn, CancelBtn }) => (
        <Space wrap>
          {entrance.contactWay && (
            <Button danger loading={drop.isPending} onClick={() => drop.mutate()}>
              {t('wecomEnd')}
            </Button>
          )}
          <CancelBtn />
          <OkBtn />
        </Space>
      )}
    >
      {companies.error ? (
        <ErrorBox error={companies.error} onRetry={() => void companies.refetch()} />
      ) : !companies.data ? (
        <Skeleton lines={4} />
      ) : !company ? (
        <p>{t('wecomNotConnected')}</p>
      ) : (
        <div className="data-form">
          {all.length > 1 && (
            <label className="data-field">
              <span>{t('wecomCompany')}</span>
              <Select aria-label={t('wecomCompany')} value={company.id} onChange={(corp) => setSaid({ ...said, corp, users: undefined })} options={all.map((one) => ({ value: one.id, label: one.name }))} />
            </label>
          )}
          <label className="data-field">
            <span>{t('wecomUsers')}</span>
            <Select aria-label={t('wecomUsers')} mode="tags" tokenSeparators={[',', ' ', '，']} value={users} onChange={(next: string[]) => setSaid({ ...said, users: next })} options={company.members.map((one) => ({ value: one.user, label: `${one.staff.name} ${one.user}` }))} />
            <span className="note">{t('wecomUsersHint')}</span>
          </label>
          <Checkbox checked={said.ask ?? false} onChange={(e) => setSaid({ ...said, ask: e.target.checked })}>
            {t('wecomAsk')}
          </Checkbox>
          <p className="note">{t('wecomLine')}</p>
        </div>
      )}
      {(save.error ?? drop.error) && <ErrorBox error={save.error ?? drop.error} />}
    </Modal>
  )
}
