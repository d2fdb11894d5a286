import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { AllergyRow, DeviceRow, DiagnosisRow, FileEntry, HealthFile, LifeRow, PlanRow, StageRow, TargetLimit } from '../../../../../client/file'
import { useLanguage, useSay } from '../../../../../ui/i18n'
import { unit } from '../../../layout/now'
import { rangeText } from '../pieces'
import { useWords as usePersonWords } from '../strings'
import { useActs } from './acts'
import { Entries, Records, Source, useDate } from './Entry'
import { catalogueQuery } from '../../../layout/catalogue'
import { type FieldKey, useFieldWords } from './fieldWords'
import { fieldsOf } from './fields'
import { useWords } from './sentences'

/** Diagnoses with their stages. A staging system of another year is a row of its own. */
export function Diagnoses({ diagnoses, stages, events }: { diagnoses: readonly DiagnosisRow[]; stages: readonly StageRow[]; events: readonly FileEntry[] }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  return (
    <>
      <ul className="file-rows">
        {diagnoses.map((one) => (
          <li key={`${one.condition} ${say(one.name)}`} className="file-row">
            <div className="file-row-head">
              <b className="user-text">{say(one.name)}</b>
              {one.statusText && <span>{say(one.statusText)}</span>}
              {one.since && <span className="file-2 nowrap">{t('since2', { at: date(one.since) })}</span>}
            </div>
            <Records entries={one.entries} />
          </li>
        ))}
        {stages.map((one) => (
          <li key={`${one.system} ${one.side}`} className="file-row">
            <div className="file-row-head">
              <b>{say(one.systemName)}</b>
              {one.side && <span>{one.side === 'left' ? t('sideLeft') : one.side === 'right' ? t('sideRight') : ''}</span>}
              {one.stage && <span className="user-text">{one.stage}</span>}
              {one.at && <span className="file-2 nowrap">{date(one.at)}</span>}
            </div>
            <Records entries={one.entries} />
          </li>
        ))}
      </ul>
      <More title={t('events')} entries={events} />
    </>
  )
}

/** More is a further list of the section, with its own small title; nothing where there is none. */
export function More({ title, entries }: { title: string; entries: readonly FileEntry[] }) {
  if (entries.length === 0) return null
  return (
    <div className="file-more">
      <h4>{title}</h4>
      <Entries entries={entries} />
    </div>
  )
}

export function Allergies({ allergies, reactions }: { allergies: readonly AllergyRow[]; reactions: readonly FileEntry[] }) {
  const t = useWords()
  const say = useSay()
  return (
    <>
      <ul className="file-rows">
        {allergies.map((one) => (
          <li key={`${one.kind} ${say(one.substance)}`} className="file-row">
            <div className="file-row-head">
              <b className="user-text">{say(one.substance)}</b>
              {!one.active && <span className="file-2">{t('allergyOver')}</span>}
            </div>
            <Entries entries={one.entries} />
          </li>
        ))}
      </ul>
      <More title={t('reactions')} entries={reactions} />
    </>
  )
}

/** Plans: which targets hold and why, then each plan against what was done. */
export function Plans({ targets, plans }: Pick<HealthFile, 'targets' | 'plans'>) {
  const t = useWords()
  const say = useSay()
  const acts = useActs()
  return (
    <ul className="file-rows">
      <li className="file-row">
        <div className="file-row-head">
          <b>{t('inForce')}</b>
          <span className="user-text">{say(targets.name)}</span>
          <span className="file-2">{say(targets.why)}</span>
        </div>
        <LimitList limits={targets.limits} />
        {targets.inForce && <Source entry={targets.inForce} />}
        {targets.unsigned && (
          <div className="file-notice" role="note">
            <p>
              <b>{t('unsigned')}</b> <Limits entry={targets.unsigned} />
            </p>
            <Source entry={targets.unsigned} />
            {targets.maySign && acts?.sign ? (
              <Button size="small" type="primary" onClick={() => targets.unsigned && acts.sign?.(targets.unsigned)}>
                {t('signIt')}
              </Button>
            ) : (
              <p>{t('askDoctor')}</p>
            )}
          </div>
        )}
        {targets.entries.length > 0 && (
          <details className="file-fold">
            <summary>{t('targetsAll', { n: targets.entries.length })}</summary>
            <Entries entries={targets.entries} />
          </details>
        )}
      </li>
      {plans.map((one) => (
        <Plan key={one.kind} plan={one} />
      ))}
    </ul>
  )
}

/** LimitList is every limit that holds; one a doctor signed for this person is told from the profile's. */
export function LimitList({ limits }: { limits: readonly TargetLimit[] }) {
  const t = useWords()
  const person = usePersonWords()
  const say = useSay()
  const language = useLanguage()
  return (
    <p className="targets">
      {limits.map((one) => (
        <span key={one.context} className="nowrap">
          {say(one.name)} <b>{rangeText(one, language, person)}</b>
          {one.unit ? (one.unit.startsWith('/') ? one.unit : ` ${one.unit}`) : ` ${unit}`}
          {one.own && <span className="badge">{t('ownLimit')}</span>}
        </span>
      ))}
    </p>
  )
}

/** Limits says which figure is which limit; the units are the catalogue's. */
function Limits({ entry }: { entry: FileEntry }) {
  const label = useFieldWords()
  const say = useSay()
  const { data } = useQuery(catalogueQuery)
  const specs = data?.eventTypes.find((one) => one.key === entry.type)?.fields ?? []
  const set = specs.filter((one) => one.kind === 'number' && typeof entry.properties[one.name] === 'number' && fieldsOf.target?.includes(one.name as FieldKey))
  if (set.length === 0) return say(entry.text)
  return set.map((one) => `${label(one.name as FieldKey)} ${String(entry.properties[one.name])}${one.unit === '%' ? '' : ' '}${say(one.unitWord)}`).join(' · ')
}

/** A share above the whole fills the bar and no more: the words beside it say by how much. */
export const filled = (share: number): number => Math.max(0, Math.min(1, share))

function Plan({ plan }: { plan: PlanRow }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  // A plan of 28 days makes parts of a time; nobody counts those.
  const amount = (n: number) => (plan.unit ? `${Math.round(n)} ${plan.unit}` : t('times', { n: Math.round(n) }))
  const days = Math.round(plan.days)
  return (
    <li className="file-row">
      <div className="file-row-head">
        <b>{say(plan.name)}</b>
        <span className="user-text">{say(plan.text)}</span>
        {plan.over ? (
          <span className="file-2">{t('planOver')}</span>
        ) : (
          <>
            {plan.overdue && <span className="late">{t('overdue')}</span>}
            {plan.nextDue && <span className="file-2 nowrap">{t('nextDue', { at: date(plan.nextDue) })}</span>}
          </>
        )}
      </div>
      {days > 0 && (
        <div className="plan-done">
          {plan.share !== undefined && plan.planned !== undefined && (
            <svg width="160" height="10" viewBox="0 0 160 10" role="img" aria-label={t('planBar', { planned: amount(plan.planned), done: amount(plan.done) })}>
              <rect className="plan-all" x="0.5" y="0.5" width="159" height="9" rx="4" />
              <rect className="plan-part" x="0.5" y="0.5" width={159 * filled(plan.share)} height="9" rx="4" />
            </svg>
          )}
          <span>{plan.planned === undefined ? t('planDoneOnly', { days, done: amount(plan.done) }) : t('planDone', { days, planned: amount(plan.planned), done: amount(plan.done) })}</span>
        </div>
      )}
      <Records entries={plan.entries} />
    </li>
  )
}

export function Devices({ devices }: { devices: readonly DeviceRow[] }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  return (
    <ul className="file-rows">
      {devices.map((one) => (
        <li key={one.device} className="file-row">
          <div className="file-row-head">
            <b>{say(one.kindName)}</b>
            {one.model && <span className="user-text">{one.model}</span>}
            <span className="file-2">{t('serial', { n: one.device })}</span>
            {one.owner && <span className="file-2 user-text">{t('ownerIs', { name: one.owner })}</span>}
            {one.overdue && <span className="late">{t('overdue')}</span>}
            {one.checkDue && <span className="file-2 nowrap">{t('checkDue', { at: date(one.checkDue) })}</span>}
          </div>
          <Records entries={one.entries} />
        </li>
      ))}
    </ul>
  )
}

export function Life({ life }: { life: readonly LifeRow[] }) {
  const say = useSay()
  return (
    <ul className="file-rows">
      {life.map((one) => (
        <li key={one.key} className="file-row">
          {one.now && (
            <div className="file-row-head">
              <b className="user-text">{say(one.now.text)}</b>
            </div>
          )}
          <Records entries={one.entries} />
        </li>
      ))}
    </ul>
  )
}
