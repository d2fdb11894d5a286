import { Link } from '@tanstack/react-router'
import { ApiError } from '../../../client/http'
import { ErrorBox } from '../../../ui/states'
import { useAppWords } from './strings'

/** Missing stands where an address leads nowhere, with a way out. */
export function Missing() {
  const t = useAppWords()
  const away = (
    <Link to="/" className="main-button">
      {t('toToday')}
    </Link>
  )
  return <ErrorBox error={new ApiError({ status: 404 })} away={away} />
}
