import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Button, DatePicker, Tabs } from 'antd'
import dayjs from 'dayjs'
import { Fragment, lazy, type ReactNode, Suspense, useState } from 'react'
import type { Person, Text } from '../../../../client/types'
import { useLanguage, useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { dateIn, daysBetween, formatAt, instantOf } from '../../../../ui/time'
import { Facts } from '../../layout/Facts'
import { HandModal } from '../../layout/HandModal'
import { PersonDrawer } from '../../layout/PersonDrawer'
import { useMoment } from '../../layout/now'
import { WhyDrawer, type WhyQuery } from '../../layout/WhyDrawer'
import { mayWrite, useSession } from '../session/session'
import { CallButton } from './CallButton'
import { Course } from './Course'
import { Glucose } from './Glucose'
import { personQuery, stageWhy, tagWhy } from './person'
import { Targets } from './pieces'
import { Measures } from './Measures'
import { Record } from './Record'
import { RightNow } from './RightNow'
import { SignInCode } from './SignInCode'
import { TagHistory } from './TagHistory'
import { Tags } from './Tags'
import { Uploaders } from './Uploaders'
import { useWords } from './strings'
import './person.css'

const Trends = lazy(async () => ({ default: (await import('./trends/Trends')).Trends }))
const HealthFile = lazy(async () => ({ default: (await import('./file/HealthFile')).HealthFile }))

export interface PersonView {
  days: 14 | 30 | 90
  chart: 'log' | 'daily'
  tab: 'timeline' | 'messages' | 'tasks'
  kind?: string
  /** Undefined is what goes on now. */
  page?: 'file' | 'trends'
  /** A local date; the page shows the end of that day. */
  on?: string
}

interface Props {
  id: string
  view: PersonView
  onView: (change: Partial<PersonView>) => void
  /** What stands under the facts and is of now only. */
  children?: ReactNode
}

/** PersonPage is facts, time, work: who this is, what was measured and happened, what runs and waits. */
export function PersonPage({ id, view, onView, children }: Props) {
  const { now, zone } = useMoment()
  const past = view.on !== undefined && view.on < dateIn(now, zone) ? view.on : undefined
  const at = past && new Date(instantOf(past, '23:59', zone).getTime() + 59_999).toISOString()
  const person = useQuery(personQuery(id, at))
  const t = useWords()
  const say = useSay()
  const [why, setWhy] = useState<WhyQuery>()
  if (person.error) return <ErrorBox error={person.error} onRetry={() => void person.refetch()} away={<Link to="/people">{t('back')}</Link>} />
  if (!person.data) return <Skeleton lines={14} />
  const p = person.data
  return (
    <article className="person" aria-label={p.name}>
      <Head person={p} past={past} onWhyStage={(programme) => setWhy(stageWhy(id, programme, at))} onDay={(on) => onView({ on })} />
      {past && <Banner on={past} onBack={() => onView({ on: undefined })} />}
      <div className="panel person-facts">
        {shown(p).map(({ key, name, targets }, i, all) => (
          <Fragment key={key}>
            {all.length > 1 && <h2 className="person-of">{say(name)}</h2>}
            <Tags tags={p.tags.filter(({ programme }) => all.length === 1 || programme === key)} onWhy={(tag) => setWhy(tagWhy(id, tag.key, tag.programme, at))} />
            {targets && <TargetLine targets={targets} perWeek={i === 0 ? p.plan?.perWeek : undefined} />}
          </Fragment>
        ))}
      </div>
      {!past && children}
      <Tabs
        className="person-pages"
        activeKey={view.page ?? 'now'}
        onChange={(page) => onView({ page: page === 'file' || page === 'trends' ? page : undefined })}
        items={[
          { key: 'now', label: t('pageNow') },
          { key: 'trends', label: t('pageTrends') },
          { key: 'file', label: t('pageFile') },
        ]}
      />
      {view.page === 'trends' ? (
        <Suspense fallback={<Skeleton lines={14} />}>
          <Trends id={id} at={at} days={view.days} onDays={(days) => onView({ days })} />
        </Suspense>
      ) : view.page === 'file' ? (
        <Suspense fallback={<Skeleton lines={14} />}>
          <HealthFile id={id} at={at} />
        </Suspense>
      ) : (
        <div className={past ? 'person-cols person-cols-past' : 'person-cols'}>
          <div className="person-main">
            {!past && <Measures person={p} />}
            <Glucose person={p} at={at} view={view} onView={onView} />
            <Course id={id} at={at} view={view} onView={onView} onWhy={setWhy} />
          </div>
          {!past && <RightNow person={p} onWhy={setWhy} />}
        </div>
      )}
      <Footer asOf={p.asOf} />
      <WhyDrawer query={why} onClose={() => setWhy(undefined)}>
        {why?.tag && <TagHistory person={id} tag={why.tag} programme={why.programme} at={at} />}
      </WhyDrawer>
    </article>
  )
}

/** What the head and the facts tell programme by programme; somebody who is in none is told by the workspace's own. */
function shown(person: Person): { key: string; name: Text; stage: Person['stage']; targets?: Person['targets'] }[] {
  if (person.programmes.length > 1) return person.programmes
  return [{ key: '', name: { zh: '', en: '' }, stage: person.stage, targets: person.targets }]
}

function Head({ person, past, onWhyStage, onDay }: { person: Person; past?: string; onWhyStage: (programme?: string) => void; onDay: (on: string | undefined) => void }) {
  const t = useWords()
  const say = useSay()
  const { now, zone } = useMoment()
  const session = useSession()
  const [open, setOpen] = useState<'record' | 'link' | 'edit' | 'uploaders' | 'hand'>()
  const type = useType(person)
  const staged = ({ name, since }: Person['stage']) => {
    const day = since && daysBetween(new Date(since), past ? instantOf(past, '12:00', zone) : now, zone) + 1
    return day && day > 0 ? t('stageDays', { stage: say(name), n: day }) : say(name)
  }
  return (
    <header className="person-head">
      <h1>
        <Facts person={person} tail />
      </h1>
      {shown(person).map(({ key, name, stage }) => (
        <span key={key} className="person-stage">
          {key && <span className="note">{say(name)}</span>}
          <b>{staged(stage)}</b>
          <button type="button" className="link" aria-label={key ? `${t('why')} ${say(name)}` : undefined} onClick={() => onWhyStage(key || undefined)}>
            {t('why')}
          </button>
        </span>
      ))}
      {type && <span className="nowrap">{type}</span>}
      {person.doctor && <span className="nowrap">{t('doctorOf', { name: person.doctor.name })}</span>}
      <span className="nowrap">{person.owner ? t('owner', { name: person.owner.name }) : t('noOwner')}</span>
      {!past && session.can.includes('people.assign') && (
        <button type="button" className="link" onClick={() => setOpen('hand')}>
          {t('hand')}
        </button>
      )}
      {person.masked && <span className="badge">{t('masked')}</span>}
      <span className="person-acts">
        <label className="person-day">
          {t('asOf')}
          <DatePicker
            value={past ? dayjs(past) : null}
            placeholder={t('asOfPick')}
            allowClear
            maxDate={dayjs(dateIn(now, zone))}
            onChange={(date) => onDay(date ? date.format('YYYY-MM-DD') : undefined)}
          />
        </label>
        {!past && (
          <Link to="/people/$id/visit" params={{ id: person.id }} className="person-visit">
            {t('visit')}
          </Link>
        )}
        {!past && mayWrite(session) && (
          <>
            {session.can.includes('people.write') && <Button onClick={() => setOpen('edit')}>{t('edit')}</Button>}
            <Button onClick={() => setOpen('link')}>{t('link')}</Button>
            <Button onClick={() => setOpen('uploaders')}>{t('uploaders')}</Button>
            <Button onClick={() => setOpen('record')}>{t('record')}</Button>
            <CallButton person={person.id} primary />
          </>
        )}
      </span>
      {open === 'hand' && <HandModal people={[{ id: person.id, name: person.name }]} onClose={() => setOpen(undefined)} />}
      {open === 'record' && <Record person={person} onClose={() => setOpen(undefined)} />}
      {open === 'edit' && <PersonDrawer key={person.version} person={person} onClose={() => setOpen(undefined)} />}
      {open === 'uploaders' && <Uploaders person={person} onClose={() => setOpen(undefined)} />}
      {open === 'link' && <SignInCode person={person} onClose={() => setOpen(undefined)} />}
    </header>
  )
}

function useType(person: Person): string {
  const t = useWords()
  const types = ['t1', 't2', 'gdm', 'prediabetes'] as const
  const treatments = ['lifestyle', 'oral', 'basal', 'premix', 'mdi', 'glp1'] as const
  const type = types.find((key) => key === person.diabetesType)
  const treatment = treatments.find((key) => key === person.treatment)
  return [type && t(type), treatment && t(treatment)].filter(Boolean).join(' · ')
}

function Banner({ on, onBack }: { on: string; onBack: () => void }) {
  const t = useWords()
  const language = useLanguage()
  const [year, month, day] = on.split('-').map(Number)
  const date =
    language === 'en'
      ? `${day} ${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][(month ?? 1) - 1]} ${year}`
      : `${year}年${month}月${day}日`
  return (
    <Alert
      type="info"
      showIcon
      className="person-banner"
      title={t('asOfBanner', { date })}
      action={
        <Button size="small" onClick={onBack}>
          {t('backToNow')}
        </Button>
      }
    />
  )
}

function TargetLine({ targets, perWeek }: { targets: Person['targets']; perWeek?: number }) {
  const t = useWords()
  return (
    <div className="person-line">
      <h2>{t('targets')}</h2>
      <Targets targets={targets} />
      {perWeek !== undefined && <span className="nowrap">{t('planned', { n: perWeek })}</span>}
    </div>
  )
}

/** Whoever looks at health data is told that the looking is on record. */
function Footer({ asOf }: { asOf: string }) {
  const t = useWords()
  const moment = useMoment()
  const { staff } = useSession()
  const [opened] = useState(moment.now)
  return (
    <footer className="note person-audit" data-as-of={asOf}>
      {t('audit', { name: staff.name, at: formatAt(opened, moment) })}
    </footer>
  )
}
