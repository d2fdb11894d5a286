import type { ReactNode } from 'react'
import type { SharedView } from '../../../../client/family'
import { useSay } from '../../../../ui/i18n'
import { formatAt, formatDay } from '../../../../ui/time'
import { Value } from '../../../../ui/Value'
import { Page } from '../../parts/Page'
import { useMe, useMoment } from '../../session/Session'
import { useFamilyWords } from './strings'

const parts = ['alerts', 'targets', 'medicines', 'reports', 'plan', 'chats', 'progress'] as const

/** Shared is what somebody lets me know: only the parts they chose, and nothing a doctor has to say in person. */
export function Shared({ view, above }: { view: SharedView; above?: ReactNode }) {
  const t = useFamilyWords()
  const say = useSay()
  const me = useMe()
  const moment = useMoment()
  return (
    <Page title={<span className="user-text">{view.name}</span>} back="/me">
      <p className="soft">{t('sharedAs', { kind: say(view.kindName), name: view.name })}</p>
      {above}
      {view.readings && (
        <section className="card" aria-label={t('part_readings')}>
          <h2>{t('part_readings')}</h2>
          {view.readings.length === 0 && <p className="soft">{t('sharedNone')}</p>}
          {view.readings.slice(0, 30).map((one) => (
            <p key={one.reading?.id ?? `${one.at} ${say(one.measured?.text)}`}>
              <span className="nowrap">{formatAt(new Date(one.at), moment)}</span> {one.reading ? <Value reading={one.reading} unit={me.unit} /> : say(one.measured?.text)}
            </p>
          ))}
        </section>
      )}
      {parts.map((part) => {
        const lines = view[part]
        if (!lines) return null
        return (
          <section key={part} className="card" aria-label={t(`part_${part}`)}>
            <h2>{t(`part_${part}`)}</h2>
            {lines.length === 0 && <p className="soft">{t('sharedNone')}</p>}
            {lines.map((line, i) => (
              <p key={`${line.at ?? ''} ${i}`}>
                {line.at && <span className="nowrap soft">{formatDay(new Date(line.at), moment)}</span>} <span className="user-text">{say(line.text)}</span>
              </p>
            ))}
          </section>
        )
      })}
      <p className="note">{t('grave')}</p>
    </Page>
  )
}
