import { useQuery } from '@tanstack/react-query'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { regionsQuery } from './channels'
import { Days, type Props } from './Channels'
import { Cells, heads } from './Numbers'
import { useWords } from './strings'

/** Regions is a map without a map: what came of the codes of each place. */
export function Regions({ filter, onFilter }: Props) {
  const t = useWords()
  const query = useQuery(regionsQuery(filter.from, filter.to))
  if (query.error) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <Skeleton lines={10} />
  return (
    <>
      <div className="data-bar">
        <Days filter={filter} onFilter={onFilter} />
      </div>
      <section className="panel data-scroll" aria-label={t('regions')}>
        {query.data.items.length === 0 ? (
          <Empty title={t('none')}>{t('noneBody')}</Empty>
        ) : (
          <table className="data-table">
            <thead>
              <tr>
                <th scope="col">{t('h_region')}</th>
                <th scope="col" className="num">
                  {t('h_codes')}
                </th>
                {heads.map((head) => (
                  <th key={head} scope="col" className="num">
                    {t(head)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {query.data.items.map((one) => (
                <tr key={`${one.province} ${one.city ?? ''}`}>
                  <th scope="row" className={one.province ? 'user-text' : 'unknown'}>
                    {one.province ? `${one.province} ${one.city ?? ''}` : t('regionNone')}
                  </th>
                  <td className="num">{one.codes}</td>
                  <Cells f={one.figures} />
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </>
  )
}
