import type { DeviceRow } from '../../../../client/file'
import { useSay } from '../../../../ui/i18n'
import { Behind, Section } from './MyFile'
import { useFileWords } from './strings'
import { useDate } from './tell'

/** Devices is what the person measures with, and which of it is to be checked when. */
export function Devices({ devices }: { devices: readonly DeviceRow[] }) {
  const t = useFileWords()
  const say = useSay()
  const date = useDate()
  const rows = devices.filter((one) => one.entries.some((entry) => entry.state === 'stands'))
  return (
    <Section title={t('devices')} add="device">
      {rows.length === 0 && <p className="soft">{t('devicesNone')}</p>}
      {rows.map((one) => (
        <section key={one.device} className="card">
          <h3>
            {say(one.kindName)} {one.model}
          </h3>
          <p className="soft">
            <span className="user-text">{t('serial', { n: one.device })}</span>
            {one.checkDue && (
              <>
                {' · '}
                {t('check', { at: date(one.checkDue) })} {one.overdue && <b className="late-word">{t('late')}</b>}
              </>
            )}
          </p>
          <Behind entries={one.entries} />
        </section>
      ))}
    </Section>
  )
}
