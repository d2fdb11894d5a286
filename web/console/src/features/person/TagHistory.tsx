import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { tagMoves } from './person'
import { useWords } from './strings'

/** TagHistory is when the person gained and lost a tag, by what, and under which version of the rule. */
export function TagHistory({ person, tag, programme, at }: { person: string; tag: string; programme?: string; at?: string }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const moves = useInfiniteQuery(tagMoves(person, tag, programme))
  const items = moves.data?.pages.flatMap((page) => page.items) ?? []
  const total = moves.data?.pages[0]?.total ?? items.length
  return (
    <section className="moves" aria-label={t('moves')}>
      <h3>
        {t('moves')} <span className="note">{total > 0 && t('movesTotal', { n: total })}</span>
      </h3>
      {at && <p className="note">{t('movesLater')}</p>}
      {moves.error && items.length === 0 ? (
        <ErrorBox error={moves.error} onRetry={() => void moves.refetch()} />
      ) : !moves.data ? (
        <Skeleton lines={3} />
      ) : items.length === 0 ? (
        <p className="unknown">{t('noMoves')}</p>
      ) : (
        <ol>
          {items.map((move, i) => (
            <li key={i}>
              <span className="note nowrap">{formatAt(new Date(move.at), moment)}</span>
              <b>
                {t(move.gained ? 'gainedTag' : 'lostTag')}
                {move.codeName && ` ${say(move.codeName)}`}
              </b>
              <span>{t('cause', { cause: say(move.causeText) })}</span>
              <span className="note nowrap">{t('moveVersion', { n: move.version })}</span>
            </li>
          ))}
        </ol>
      )}
      {moves.hasNextPage && (
        <Button loading={moves.isFetchingNextPage} onClick={() => void moves.fetchNextPage()}>
          {t('moreMoves')}
        </Button>
      )}
      <Link to="/tags/$key" params={{ key: tag }} search={{ programme }}>
        {t('openTag')}
      </Link>
    </section>
  )
}
