import { useMemo } from 'react'
import { dateIn, instantOf } from '../../../../ui/time'
import { useMoment } from '../../layout/now'

const day = 86_400_000

/**
 * useSpan is the last `days` local days including today (or the day of `at`), from midnight to the last second, so
 * that the address asked for stays the same all day.
 */
export function useSpan(days: number, at?: string): { from: Date; to: Date } {
  const { now, zone } = useMoment()
  const last = dateIn(at ? new Date(at) : now, zone)
  return useMemo(() => {
    const noon = instantOf(last, '12:00', zone).getTime()
    const from = instantOf(dateIn(new Date(noon - (days - 1) * day), zone), '00:00', zone)
    const to = new Date(instantOf(dateIn(new Date(noon + day), zone), '00:00', zone).getTime() - 1000)
    return { from, to }
  }, [last, days, zone])
}
