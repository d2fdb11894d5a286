import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { FileEntry, HealthFile } from '../../../../client/file'
import { useSay } from '../../../../ui/i18n'
import { Page } from '../../parts/Page'
import { AskDoctor } from './AskDoctor'
import { Entries } from './Entries'
import { Devices } from './Devices'
import type { What } from './forms'
import { Illness } from './Illness'
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
  const care = [...file.imaging, ...file.surgery, ...file.visits].filter((one) => one.state === 'stands').sort((a, b) => b.at.localeCompare(a.at))
  const life = file.life.flatMap((one) => (one.now ? [one.now] : []))
  return (
    <Page title={t('title')} back="/me">
      <p className="soft">{t('intro')}</p>
      <Link to="/file/add" className="plain-button">
        {t('addAny')}
      </Link>
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
        <Link to="/file/add/$what" params={{ what: 'side_effect' }} className="text-button">
          {t('addReaction')}
        </Link>
      </Section>

      <Labs labs={file.labs} />
      <Plans file={file} />

      <Illness file={file} />
      <Devices devices={file.devices} />
      <Reports reports={file.reports} />
      <Section title={t('care')} add="imaging">
        {care.length === 0 ? <p className="soft">{t('careNone')}</p> : <Told title={t('careShow', { n: care.length })} entries={care} />}
        <Link to="/file/add/$what" params={{ what: 'surgery' }} className="text-button">
          {t('addSurgery')}
        </Link>
      </Section>
      <Section title={t('life')} add="circumstance">
        {life.length === 0 ? <p className="soft">{t('lifeNone')}</p> : <Told title={t('careShow', { n: life.length })} entries={life} />}
        <span className="file-acts">
          <Link to="/file/add/$what" params={{ what: 'family_history' }} className="text-button">
            {t('addRelative')}
          </Link>
          <Link to="/file/add/$what" params={{ what: 'goal' }} className="text-button">
            {t('addGoal')}
          </Link>
        </span>
      </Section>
      <AskDoctor />
    </Page>
  )
}

export function Section({ title, add, children }: { title: string; add?: What | 'report'; children: ReactNode }) {
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
