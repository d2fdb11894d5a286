import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { newKey } from '../../../../client/http'
import type { Measured } from '../../../../client/measures'
import { useSay } from '../../../../ui/i18n'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../session/Session'
import { MeasureTrouble } from './MeasureTrouble'
import { takeBackMeasure } from './query'
import { useMeasureWords } from './strings'

interface Props {
  measured: Measured
  corrected: boolean
  onFix: () => void
  onAgain: () => void
  onUndone: () => void
}

/** MeasureReply is the value as it was kept, what the person aims at, and undo in plain sight. */
export function MeasureReply({ measured, corrected, onFix, onAgain, onUndone }: Props) {
  const t = useMeasureWords()
  const say = useSay()
  const moment = useMoment()
  const top = useRef<HTMLHeadingElement>(null)
  const [key] = useState(newKey)
  const { entry, next } = measured
  const undo = useMutation({ mutationFn: () => takeBackMeasure(entry.id, key), onSuccess: onUndone })
  useEffect(() => top.current?.focus(), [])
  const home = (
    <Link to="/" className={undo.isSuccess ? 'plain-button' : 'main-button'}>
      {t('home')}
    </Link>
  )
  if (undo.isSuccess) {
    return (
      <div className="stack">
        <h2 role="status">{t('undone')}</h2>
        <button type="button" className="main-button" onClick={onAgain}>
          {t('again')}
        </button>
        {home}
      </div>
    )
  }
  return (
    <div className="stack">
      <section className="card reply" role="status">
        <h2 ref={top} tabIndex={-1}>
          {t(corrected ? 'corrected' : 'saved')}
        </h2>
        <p className="measure-said">{say(entry.text)}</p>
        <p className="soft nowrap">{formatAt(new Date(entry.at), moment)}</p>
        {next && <p>{say(next)}</p>}
      </section>
      {home}
      <button type="button" className="plain-button" onClick={onAgain}>
        {t('again')}
      </button>
      <MeasureTrouble error={undo.error} />
      <div className="pair">
        <button type="button" className="plain-button" onClick={() => !undo.isPending && undo.mutate()}>
          {t('undo')}
        </button>
        <button type="button" className="plain-button" onClick={onFix}>
          {t('fix')}
        </button>
      </div>
    </div>
  )
}
