import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Pagination } from 'antd'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { Download } from '../../layout/Download'
import { invitersQuery, pageSize } from './channels'
import type { Props } from './Channels'
import { useWords } from './strings'

/** Inviters is who brought whom, counted. */
export function Inviters({ filter, onFilter }: Props) {
  const t = useWords()
  const query = useQuery(invitersQuery(filter.p))
  const all = query.data
  if (query.error) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />
  if (!all) return <Skeleton lines={10} />
  return (
    <>
      <div className="data-bar">
        <span>{t('i_opened', { n: all.opened })}</span>
        <span>{t('i_brought', { n: all.brought })}</span>
        <span>{t('i_deepest', { n: all.deepest })}</span>
        <span>{t('i_largest', { n: all.largest })}</span>
        {all.byDepth.length > 1 && (
          <span className="note">
            {t('i_depth')} {all.byDepth.join(' · ')}
          </span>
        )}
        <div className="data-aside">
          <Download href="/api/inviters.csv" />
        </div>
      </div>
      <p className="note">{t('i_rule')}</p>
      <section className="panel data-scroll" aria-label={t('inviters')}>
        {all.items.length === 0 ? (
          <Empty title={t('i_none')}>{t('i_noneBody')}</Empty>
        ) : (
          <table className="data-table">
            <thead>
              <tr>
                <th scope="col">{t('h_person')}</th>
                {(['h_brought', 'h_settled', 'h_activated', 'h_points'] as const).map((head) => (
                  <th key={head} scope="col" className="num">
                    {t(head)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {all.items.map((one) => (
                <tr key={one.person.id}>
                  <th scope="row">
                    <Link to="/people/$id" params={{ id: one.person.id }} className="user-text">
                      {one.person.name}
                    </Link>
                  </th>
                  <td className="num">{one.brought}</td>
                  <td className="num">{one.settled}</td>
                  <td className="num">{one.activated}</td>
                  <td className="num">{one.points}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {all.total > pageSize && <Pagination align="end" current={filter.p ?? 1} pageSize={pageSize} total={all.total} showSizeChanger={false} onChange={(p) => onFilter({ ...filter, p: p > 1 ? p : undefined })} />}
    </>
  )
}
