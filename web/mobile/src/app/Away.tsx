import { Link } from '@tanstack/react-router'
import { Empty } from '../../../ui/states'
import { useAppWords } from './strings'

/** Away stands where a page needs the server and there is no network: what still works is offered. */
export function Away() {
  const t = useAppWords()
  return (
    <Empty
      title={t('awayTitle')}
      action={
        <Link to="/record" className="main-button">
          {t('awayRecord')}
        </Link>
      }
    >
      {t('awayText')}
    </Empty>
  )
}
