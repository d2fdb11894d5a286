import { Link, createRootRoute } from '@tanstack/react-router'
import { Empty } from '../../../ui/states'
import { Shell } from '../layout/Shell'
import { useWords } from '../layout/strings'

export const root = createRootRoute({ component: Shell, notFoundComponent: Lost })

function Lost() {
  const t = useWords()
  return (
    <Empty title={t('lostTitle')} action={<Link to="/today">{t('toToday')}</Link>}>
      {t('lostBody')}
    </Empty>
  )
}
