import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Demo } from '../../client/types'
import { useSay } from '../../ui/i18n'
import { choosePhone } from './demo'
import { useWords } from './strings'

const width = 360
const height = 780

/**
 * Phone is the real app in a frame of its true size, made smaller as a whole where the window is low, so that its own
 * layout never changes.
 */
export function Phone({ people }: { people: Demo['people'] }) {
  const t = useWords()
  const say = useSay()
  const [shown, setShown] = useState<{ id: string; turn: number }>()
  const box = useRef<HTMLDivElement>(null)
  const scale = useFit(box)
  const choose = useMutation({
    mutationFn: choosePhone,
    onSuccess: (_, id) => setShown((before) => ({ id, turn: (before?.turn ?? 0) + 1 })),
  })
  const first = people[0]?.id
  const { mutate } = choose
  useEffect(() => {
    if (first) mutate(first)
  }, [first, mutate])
  const current = people.find((one) => one.id === (choose.isPending ? choose.variables : shown?.id))
  return (
    <section className="card phone-card" aria-label={t('phone')}>
      <div className="phone-head">
        <h2>{t('phone')}</h2>
        <p>{t('phoneLine')}</p>
      </div>
      <div className="phone-people" role="group" aria-label={t('who')}>
        {people.map((one) => (
          <button
            key={one.id}
            type="button"
            className="button phone-person"
            aria-pressed={one.id === current?.id}
            title={say(one.note)}
            onClick={() => mutate(one.id)}
          >
            {one.name} {one.age !== undefined && <span>{t('years', { n: one.age })}</span>}
          </button>
        ))}
      </div>
      <p className="faint phone-note">{choose.error ? '' : current && say(current.note)}</p>
      {choose.error && (
        <p role="alert" className="wrong">
          {t('failedPhone')}
        </p>
      )}
      <div ref={box} className="phone-box" style={{ height: height * scale + 16, width: width * scale + 16 }}>
        {shown ? (
          <iframe
            key={shown.turn}
            src="/m/"
            title={t('phoneFrame', { name: people.find((one) => one.id === shown.id)?.name ?? '' })}
            width={width}
            height={height}
            style={{ transform: `scale(${scale})` }}
          />
        ) : (
          <span className="visually-hidden" role="status">
            {current && t('choosing', { name: current.name })}
          </span>
        )}
      </div>
    </section>
  )
}

function useFit(box: React.RefObject<HTMLDivElement | null>): number {
  const [scale, set] = useState(1)
  useEffect(() => {
    const fit = () => {
      const top = (box.current?.getBoundingClientRect().top ?? 0) + scrollY
      set(Math.min(1, Math.max(0.66, (innerHeight - top - 40) / height)))
    }
    fit()
    addEventListener('resize', fit)
    return () => removeEventListener('resize', fit)
  }, [box])
  return scale
}
