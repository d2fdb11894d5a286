import { useIsMutating, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { type By, clockQuery, useMove } from './spaces'
import { useWords } from './strings'

const steps: [By, 'hour' | 'day' | 'week'][] = [['1h', 'hour'], ['1d', 'day'], ['1w', 'week']]

/** ClockMoves moves the clock of a rehearsal, for whoever may. */
export function ClockMoves({ onMoved }: { onMoved?: () => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const may = useSession().can.includes('clock.move')
  const clock = useQuery({ ...clockQuery, enabled: may })
  const move = useMove()
  const moving = useIsMutating({ mutationKey: ['clock', 'move'] }) > 0
  if (!may) return null
  const next = clock.data?.next
  const what = next ? t('nextAt', { at: formatAt(new Date(next.at), moment), what: say(next.text) }) : t('noNext')
  const go = (by: By) => move.mutate(by, { onSuccess: onMoved })
  return (
    <span className="clock-moves" role="group" aria-label={t('clock')}>
      {steps.map(([by, key]) => (
        <Button key={by} size="small" disabled={moving} onClick={() => go(by)}>
          {t(key)}
        </Button>
      ))}
      <Button size="small" disabled={moving || !next} title={what} onClick={() => go('next')}>
        {t('next')}
      </Button>
      <span role="status" className="note">
        {moving && t('moving')}
      </span>
      {move.error && <ErrorBox error={move.error} />}
    </span>
  )
}
