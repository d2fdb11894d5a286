import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { PersonName } from '../../layout/PersonName'
import { useSession } from '../session/session'
import { count, waitingQuery } from './data'
import { useWords } from './strings'

/** Waiting is what is kept until its person agrees to health data: of whom, since when, and never what it says. */
export function Waiting() {
  const t = useWords()
  const moment = useMoment()
  const { can } = useSession()
  const list = useInfiniteQuery(waitingQuery)
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      {list.data && (
        <div className="data-bar">
          <b role="status" className="nowrap">
            {t('hits', { n: count(list.data.pages[0]?.total ?? 0) })}
          </b>
          {items.length > 0 && can.includes('people.export') && <Download className="data-aside" href="/api/quarantine.csv" />}
        </div>
      )}
      <section className="panel data-scroll" aria-label={t('listWaiting')}>
        {list.error && !list.data ? (
          <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={8} />
        ) : items.length === 0 ? (
          <Empty title={t('waitingNone')}>{t('waitingNoneBody')}</Empty>
        ) : (
          <table className="data-table">
            <thead>
              <tr>
                <th scope="col">{t('h_who')}</th>
                <th scope="col">{t('h_since')}</th>
                <th scope="col">{t('source')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id}>
                  <th scope="row">
                    {one.person ? (
                      <Link to="/people/$id" params={{ id: one.person.id }}>
                        <PersonName of={one.person} />
                      </Link>
                    ) : (
                      <span className="unknown">{t('nobody')}</span>
                    )}
                  </th>
                  <td className="nowrap">{formatAt(new Date(one.at), moment)}</td>
                  <td>{one.source}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {list.hasNextPage && (
        <Button className="data-more" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
    </>
  )
}
