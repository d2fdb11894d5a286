import { Link } from '@tanstack/react-router'
import { isMeasure } from '../../../client/measures'
import { Empty } from '../../../ui/states'
import { useMe } from '../session/Session'
import { useAppWords } from './strings'

/** Away stands where a page needs the server and there is no network: what still works is offered. */
export function Away() {
  const t = useAppWords()
  // Whose main thing to measure is not glucose is offered that first.
  const main = useMe().measures?.[0]
  const first = isMeasure(main) ? main : undefined
  const glucose = (className: string) => (
    <Link key="glucose" to="/record" className={className}>
      {t('awayRecord')}
    </Link>
  )
  const measure = (className: string) => (
    <Link key="measure" to="/measure" search={first ? { type: first } : {}} className={className}>
      {t('awayMeasure')}
    </Link>
  )
  return (
    <Empty
      title={t('awayTitle')}
      action={
        <div className="stack">
          {(first ? [measure, glucose] : [glucose, measure]).map((way, i) => way(i === 0 ? 'main-button' : 'plain-button'))}
        </div>
      }
    >
      {t('awayText')}
    </Empty>
  )
}
