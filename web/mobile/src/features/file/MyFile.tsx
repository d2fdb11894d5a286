import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { FileEntry, HealthFile } from '../../../../client/file'
import { useSay } from '../../../../ui/i18n'
import { Page } from '../../parts/Page'
import { Entries } from './Entries'
import { Labs } from './Labs'
import { Limits } from './Limits'
import { Fills } from './Fills'
import { Medicines } from './Medicines'
import { Reports } from './Reports'
import { useFileWords } from './strings'
import { useDate } from './tell'

/** MyFile is what is known of the person, in plain words: what to take first, then what is known, then papers. */
export function MyFile({ file }: { file: HealthFile }) {
  const t = useFileWords()
  const say = useSay()
  const date = useDate()
  const care = [...file.imaging, ...file.surgery, ...file.visits].filter((one) => one.state === 'stands').sort((a, b) => b.at.localeCompare(a.at))
  const life = file.life.flatMap((one) => (one.now ? [one.now] : []))
  return (
    <Page title={t('title')} back="/me">
      <p className="soft">{t('intro')}</p>
      <Medicines medicines={file.medicines} />
      <Fills fills={file.fills} />

      <Section title={t('allergies')} add="allergy">
        {file.allergies.length === 0 && <p className="soft">{t('allergiesNone')}</p>}
        {file.allergies.map((one) => (
          <section key={`${one.kind} ${say(one.substance)}`} className="card">
            <h3>
              {say(one.substance)} {!one.active && <span className="soft">{t('allergyOver')}</span>}
            </h3>
            <Behind entries={one.entries} />
          </section>
        ))}
        <Told title={t('reactions')} entries={file.reactions} />
      </Section>

      <Labs labs={file.labs} />
      <Plans file={file} />

      {file.diagnoses.length + file.stages.length > 0 && (
        <Section title={t('diagnoses')}>
          <ul className="card file-rows">
            {file.diagnoses.map((one) => (
              <li key={`${one.condition} ${say(one.name)}`}>
                <b>{say(one.name)}</b> {say(one.statusText)} {one.since && <span className="soft nowrap">{t('sinceYear', { at: date(one.since) })}</span>}
              </li>
            ))}
            {file.stages.map((one) => (
              <li key={`${one.system} ${one.side}`}>
                <b>{say(one.systemName)}</b> {one.side === 'left' ? t('left') : one.side === 'right' ? t('right') : ''} {one.stage && t('stage', { stage: one.stage })}{' '}
                <span className="soft nowrap">{date(one.at)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}

      {file.devices.length > 0 && (
        <Section title={t('devices')}>
          <ul className="card file-rows">
            {file.devices.map((one) => (
              <li key={one.device}>
                <b>{say(one.kindName)}</b> {one.model} <span className="soft">{t('serial', { n: one.device })}</span>
                {one.checkDue && (
                  <span className="soft">
                    {' '}
                    · {t('check', { at: date(one.checkDue) })} {one.overdue && <b className="late-word">{t('late')}</b>}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </Section>
      )}

      <Reports reports={file.reports} />
      <Told title={t('care')} entries={care} />
      <Told title={t('life')} entries={life} />
    </Page>
  )
}

export function Section({ title, add, children }: { title: string; add?: 'medication' | 'fill' | 'lab' | 'allergy' | 'report'; children: ReactNode }) {
  const t = useFileWords()
  return (
    <section aria-label={title}>
      <div className="file-head">
        <h2>{title}</h2>
        {add && (
          <Link to="/file/add/$what" params={{ what: add }} className="text-button" aria-label={`${t('add')} ${title}`}>
            {t('add')}
          </Link>
        )}
      </div>
      {children}
    </section>
  )
}

/** Behind folds who wrote what away: it is there for who asks. */
export function Behind({ entries, plain }: { entries: readonly FileEntry[]; plain?: boolean }) {
  const t = useFileWords()
  return (
    <details>
      <summary>{t('records')}</summary>
      <Entries entries={entries} plain={plain} />
    </details>
  )
}

function Told({ title, entries }: { title: string; entries: readonly FileEntry[] }) {
  if (!entries.some((one) => one.state === 'stands')) return null
  return (
    <details className="card">
      <summary>{title}</summary>
      <Entries entries={entries} />
    </details>
  )
}

function Plans({ file: { targets, plans } }: { file: HealthFile }) {
  const t = useFileWords()
  const say = useSay()
  const date = useDate()
  const signer = targets.inForce?.signed ? say(targets.inForce.recordedBy) : ''
  // A plan of 28 days makes parts of a time; nobody counts those.
  const amount = (n: number, unit?: string) => (unit ? `${Math.round(n)} ${unit}` : t('times', { n: Math.round(n) }))
  return (
    <>
      <Section title={t('targets')}>
        <div className="card">
          <p>
            <b>{say(targets.name)}</b>
            {targets.hba1cHigh ? ` · ${t('hba1cUp', { n: `${targets.hba1cHigh.toFixed(1)}%` })}` : ''}
          </p>
          <Limits limits={targets.limits} />
          <p className="note">{signer ? t('bySigned', { name: signer }) : t('byNobody')}</p>
        </div>
      </Section>
      <Section title={t('plans')}>
        {plans.length === 0 && <p className="soft">{t('plansNone')}</p>}
        {plans
          .filter((one) => !one.over)
          .map((one) => (
            <section key={one.kind} className="card">
              <h3>{say(one.name)}</h3>
              <p>{say(one.text)}</p>
              {Math.round(one.days) > 0 && (
                <p className="soft">
                  {one.planned === undefined
                    ? t('planDoneOnly', { days: Math.round(one.days), done: amount(one.done, one.unit) })
                    : t('planDone', { days: Math.round(one.days), planned: amount(one.planned, one.unit), done: amount(one.done, one.unit) })}
                </p>
              )}
              {(one.nextDue || one.overdue) && (
                <p className="soft">
                  {one.overdue && <b className="late-word">{t('late')}</b>} {one.nextDue && t('next', { at: date(one.nextDue) })}
                </p>
              )}
            </section>
          ))}
      </Section>
    </>
  )
}
