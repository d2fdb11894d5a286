import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Demo } from '../../client/types'
import { useSay } from '../../ui/i18n'
import { choosePhone } from './demo'
import { useWords } from './strings'

const width = 360
const height = 780

/** usePhone holds whose phone is open; choosing another signs that person in and opens the app anew. */
export function usePhone(people: Demo['people']) {
  const [shown, setShown] = useState<{ id: string; turn: number }>()
  const choose = useMutation({
    mutationFn: choosePhone,
    onSuccess: (_, id) => setShown((before) => ({ id, turn: (before?.turn ?? 0) + 1 })),
  })
  const first = people[0]?.id
  const { mutate } = choose
  useEffect(() => {
    if (first) mutate(first)
  }, [first, mutate])
  const wanted = choose.isPending ? choose.variables : shown?.id
  return { shown, choose: mutate, failed: choose.isError, current: people.find((one) => one.id === wanted) }
}

type Open = ReturnType<typeof usePhone>

/** PhoneDoor says whose phone it is and changes it. */
export function PhoneDoor({ people, phone }: { people: Demo['people']; phone: Open }) {
  const t = useWords()
  const say = useSay()
  return (
    <section className="card door">
      <div className="door-text">
        <h2>{t('phone')}</h2>
        <p>{t('phoneLine')}</p>
      </div>
      <div className="phone-choice">
        <div className="phone-people" role="group" aria-label={t('who')}>
          {people.map((one) => (
            <button
              key={one.id}
              type="button"
              className="button phone-person"
              aria-pressed={one.id === phone.current?.id}
              onClick={() => phone.choose(one.id)}
            >
              {one.name} {one.age !== undefined && <span>{t('years', { n: one.age })}</span>}
            </button>
          ))}
        </div>
        {phone.failed ? (
          <p role="alert" className="wrong">
            {t('failedPhone')}
          </p>
        ) : (
          <p className="faint">{say(phone.current?.note)}</p>
        )}
      </div>
    </section>
  )
}

/**
 * Phone is the real app in a frame of its true size, made smaller as a whole where the window is low, so that its own
 * layout never changes.
 */
export function Phone({ phone }: { phone: Open }) {
  const t = useWords()
  const box = useRef<HTMLDivElement>(null)
  const scale = useFit(box)
  const { shown, current } = phone
  return (
    <div ref={box} className="phone-box" style={{ height: height * scale + 16, width: width * scale + 16 }}>
      {shown ? (
        <iframe
          key={shown.turn}
          src="/m/"
          title={t('phoneFrame', { name: current?.name ?? '' })}
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
  )
}

function useFit(box: React.RefObject<HTMLDivElement | null>): number {
  const [scale, set] = useState(1)
  useEffect(() => {
    const fit = () => {
      const top = (box.current?.getBoundingClientRect().top ?? 0) + scrollY
      set(Math.min(1, Math.max(0.66, (innerHeight - top - 32) / height)))
    }
    fit()
    addEventListener('resize', fit)
    return () => removeEventListener('resize', fit)
  }, [box])
  return scale
}
