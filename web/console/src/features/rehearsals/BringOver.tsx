import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Modal, Select } from 'antd'
import { useState } from 'react'
import type { BesideProgramme, Bring } from '../../../../client/spaces'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { useSession } from '../session/session'
import { programmesQuery, useBring } from './spaces'
import { useWords } from './strings'

/** BringOver takes programmes of a workspace beside this one over, as drafts. */
export function BringOver({ from }: { from: { id: string; name: string }[] }) {
  const t = useWords()
  const [chosen, setChosen] = useState<string>()
  const space = from.find((one) => one.id === chosen) ?? from[0]!
  return (
    <section className="panel spaces-box" aria-label={t('bring')}>
      <h2>{t('bring')}</h2>
      <p className="note">{t('bringLine')}</p>
      <div className="spaces-line">
        <label htmlFor="bring-from">{t('from')}</label>
        <Select id="bring-from" className="spaces-from" value={space.id} onChange={setChosen} options={from.map((one) => ({ value: one.id, label: <span className="user-text">{one.name}</span> }))} />
      </div>
      <Rows key={space.id} from={space.id} />
    </section>
  )
}

function Rows({ from }: { from: string }) {
  const t = useWords()
  const say = useSay()
  const may = useSession().can.includes('programme.edit')
  const rows = useQuery(programmesQuery(from))
  const bring = useBring(from)
  const [over, setOver] = useState<{ row: BesideProgramme; what: Bring }>()
  if (rows.error) return <ErrorBox error={rows.error} onRetry={() => void rows.refetch()} />
  if (!rows.data) return <Skeleton lines={4} />
  const take = (row: BesideProgramme, what: Bring) => (row.here ? setOver({ row, what }) : bring.mutate({ row, what }))
  const button = (row: BesideProgramme, what: Bring) =>
    may &&
    row[what] === 'differs' && (
      <Button size="small" loading={bring.isPending && bring.variables.row.key === row.key && bring.variables.what === what} onClick={() => take(row, what)}>
        {t(what === 'draft' ? 'bringDraft' : 'bringForce')}
      </Button>
    )
  const done = bring.isSuccess && bring.variables
  return (
    <>
      <div className="spaces-scroll">
        <table className="spaces-table">
          <thead>
            <tr>
              <th scope="col">{t('col_name')}</th>
              <th scope="col">{t('col_force')}</th>
              <th scope="col">{t('col_draft')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.data.map((row) => (
              <tr key={row.key}>
                <th scope="row">{say(row.name)}</th>
                <td>
                  {row.force === 'none' ? t('notInForce') : `${t('versionN', { n: row.version })} · ${t(row.force)}`} {button(row, 'force')}
                </td>
                <td>
                  {row.draft === 'none' ? t('noDraft') : t(row.draft)} {button(row, 'draft')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {done && (
        <p role="status">
          {t('brought', { name: say(done.row.name) })}{' '}
          <Link to="/programmes/$key/edit" params={{ key: done.row.key }}>
            {t('openDraft')}
          </Link>
        </p>
      )}
      {bring.error && !over && <ErrorBox error={bring.error} />}
      {over && (
        <Modal open title={t('overSure')} okText={t('over')} cancelText={t('keep')} okButtonProps={{ danger: true, loading: bring.isPending }} onOk={() => bring.mutate(over, { onSuccess: () => setOver(undefined) })} onCancel={() => setOver(undefined)}>
          <p>{t('overLine')}</p>
          {bring.error && <ErrorBox error={bring.error} />}
        </Modal>
      )}
    </>
  )
}
