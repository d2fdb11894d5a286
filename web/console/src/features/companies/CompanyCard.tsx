import { App as Antd, Button, Modal } from 'antd'
import { useState } from 'react'
import type { Companies, Company } from '../../../../client/companies'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { CompanyForm } from './CompanyForm'
import { useCompany } from './companies'
import { Members } from './Members'
import { useWords } from './strings'

/** CompanyCard is one connected company: whether it works, who its members are, how greetings went and what it told. */
export function CompanyCard({ all, company }: { all: Companies; company: Company }) {
  const t = useWords()
  const { message } = Antd.useApp()
  const { save, remove, attempt, retry } = useCompany(company)
  const [open, setOpen] = useState<'change' | 'remove'>()
  const stuck = company.told.reduce((n, one) => n + (one.state === 'stuck' ? one.count : 0), 0)
  const found = attempt.data?.members ?? []
  const copy = async () => {
    await navigator.clipboard.writeText(company.address)
    void message.success(t('copied'))
  }
  return (
    <section className="panel companies-card" aria-label={company.name}>
      <div className="companies-line">
        <h2 className="user-text">{company.name}</h2>
        <span className="note nowrap">{company.corpId}</span>
        {company.paused && (
          <span className="badge" title={t('pausedLine')}>
            {t('paused')}
          </span>
        )}
        {all.mayManage && (
          <span className="companies-acts">
            <Button size="small" type="primary" loading={attempt.isPending} onClick={() => attempt.mutate()}>
              {t('check')}
            </Button>
            <Button size="small" onClick={() => setOpen('change')}>
              {t('change')}
            </Button>
            <Button size="small" loading={save.isPending} onClick={() => save.mutate({ paused: !company.paused })}>
              {t(company.paused ? 'resume' : 'pause')}
            </Button>
            <Button size="small" danger onClick={() => setOpen('remove')}>
              {t('remove')}
            </Button>
          </span>
        )}
      </div>
      {attempt.data && <p role="status">{found.length > 0 ? t('checked', { members: found.join('、') }) : t('nobody')}</p>}
      {(attempt.error ?? save.error) && <ErrorBox error={attempt.error ?? save.error} />}
      {all.mayManage && (
        <div>
          <span className="note">{t('address')}</span>
          <p className="companies-line">
            <code className="companies-address">{company.address}</code>
            <Button size="small" onClick={() => void copy()}>
              {t('copy')}
            </Button>
          </p>
        </div>
      )}
      {stuck > 0 && (
        <p className="companies-line data-wrong" role="alert">
          {t('stuck', { n: stuck })}
          {all.mayManage && (
            <Button size="small" loading={retry.isPending} onClick={() => retry.mutate()}>
              {t('retry')}
            </Button>
          )}
        </p>
      )}
      <div className="companies-halves">
        <Members all={all} company={company} found={found} />
        <Welcomes company={company} />
      </div>
      <Told company={company} />
      {open === 'change' && <CompanyForm all={all} company={company} onClose={() => setOpen(undefined)} />}
      {open === 'remove' && (
        <Modal open title={t('removeSure')} okText={t('remove')} cancelText={t('cancel')} okButtonProps={{ danger: true, loading: remove.isPending }} onOk={() => remove.mutate(undefined, { onSuccess: () => setOpen(undefined) })} onCancel={() => setOpen(undefined)}>
          <p>{t('removeLine')}</p>
          {remove.error && <ErrorBox error={remove.error} />}
        </Modal>
      )}
    </section>
  )
}

/** span is a time in seconds as it is read: the server rounds to a tenth. */
const span = (s: number): string => (s < 0.1 ? '<0.1' : String(s))

function Welcomes({ company }: { company: Company }) {
  const t = useWords()
  const say = useSay()
  const { went, slowest, not } = company.welcomes
  return (
    <section aria-label={t('welcomes')}>
      <h3>{t('welcomes')}</h3>
      {went === 0 && not.length === 0 ? (
        <p className="note">{t('noWelcome')}</p>
      ) : (
        <p>{[t('went', { n: went }), slowest !== undefined && t('slowest', { s: span(slowest) }), ...not.map((one) => t('notWent', { why: say(one.text), n: one.count }))].filter(Boolean).join(' · ')}</p>
      )}
    </section>
  )
}

function Told({ company }: { company: Company }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const at = (time: string) => formatAt(new Date(time), moment)
  if (company.told.length === 0)
    return (
      <section aria-label={t('told')}>
        <h3>{t('told')}</h3>
        <p className="note">{t('nothing')}</p>
      </section>
    )
  return (
    <div className="companies-halves">
      <section aria-label={t('told')}>
        <h3>{t('told')}</h3>
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">{t('kind')}</th>
              <th scope="col">{t('state')}</th>
              <th scope="col">{t('count')}</th>
              <th scope="col">{t('last')}</th>
            </tr>
          </thead>
          <tbody>
            {company.told.map((one) => (
              <tr key={one.kind + one.state}>
                <td>{say(one.text)}</td>
                <td className={one.state === 'stuck' ? 'data-wrong nowrap' : 'nowrap'}>{t(`s_${one.state}`)}</td>
                <td>{one.count}</td>
                <td className="nowrap">{at(one.last)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section aria-label={t('recent')}>
        <h3>{t('recent')}</h3>
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">{t('received')}</th>
              <th scope="col">{t('kind')}</th>
              <th scope="col">{t('state')}</th>
              <th scope="col">{t('took')}</th>
            </tr>
          </thead>
          <tbody>
            {company.recent.map((one, i) => (
              <tr key={i}>
                <td className="nowrap">{at(one.received)}</td>
                <td>{say(one.text)}</td>
                <td>{[t(`s_${one.state}`), one.why && say(one.why)].filter(Boolean).join(' · ')}</td>
                <td className="nowrap">{one.took !== undefined && t('seconds', { n: span(one.took) })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  )
}
