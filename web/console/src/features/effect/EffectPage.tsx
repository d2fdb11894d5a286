import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Select } from 'antd'
import type { ComponentType } from 'react'
import { address } from '../../../../client/http'
import type { EffectAsk, JourneyEffect, WorkRates } from '../../../../client/journeys'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt } from '../../../../ui/time'
import { workspaceQuery } from '../../layout/catalogue'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { Comparisons } from './Comparisons'
import { count, effectPeople, type EffectView, firstDay, journeyQuery, journeysQuery, share, type Span, spans, ways } from './effect'
import { Smallest } from './Smallest'
import { useWords } from './strings'
import './effect.css'

/** What opens the people behind a number; the route hands it in. */
export type Opens = ComponentType<{ text: string; label: string; of: string; ask: () => Promise<{ found: string }> }>

interface Props {
  view: EffectView
  onView: (view: EffectView) => void
  Opens: Opens
}

/** EffectPage is whether journeys did what was due, step by step, and what they changed against those chance kept out. */
export function EffectPage({ view, onView, Opens }: Props) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const { can } = useSession()
  const workspace = useQuery(workspaceQuery).data
  const from = firstDay(moment.now, view.days ?? 90, moment.zone)
  const all = useQuery(journeysQuery(view.programme, from))
  const programmes = workspace?.programmes ?? []
  const programme = view.programme ?? all.data?.programme
  return (
    <div className="effect">
      <div className="effect-head">
        <h1 className="page-title">{t('title')}</h1>
        {programmes.length > 1 && (
          <Select
            aria-label={t('programme')}
            placeholder={t('programme')}
            loading={all.isPending}
            value={programme ?? null}
            popupMatchSelectWidth={false}
            onChange={(next: string | null) => onView({ ...view, programme: next ?? undefined, journey: undefined })}
            options={programmes.map((p) => ({ value: p.key, label: say(p.name) }))}
          />
        )}
        <Select
          aria-label={t('h_journey')}
          value={view.journey ?? ''}
          popupMatchSelectWidth={false}
          onChange={(journey: string) => onView({ ...view, programme, journey: journey || undefined })}
          options={[{ value: '', label: t('all') }, ...(all.data?.items ?? []).map((one) => ({ value: one.key, label: say(one.name) }))]}
        />
        <Select aria-label={t('span')} value={view.days ?? 90} onChange={(days: Span) => onView({ ...view, days: days === 90 ? undefined : days })} options={spans.map((n) => ({ value: n, label: t('days', { n }) }))} />
        {can.includes('people.export') && all.data && <Download className="effect-file" href={address('/api/journey-effect.csv', { programme, journey: view.journey, from, by: view.journey ? (view.by ?? 'stage') : undefined })} />}
      </div>
      {view.journey ? <One view={view} onView={onView} from={from} journey={view.journey} Opens={Opens} /> : <All view={view} from={from} />}
    </div>
  )
}

/** AsOf says how old the numbers are and whether newer ones are on their way. */
function AsOf({ at, busy }: { at: string; busy: boolean }) {
  const ui = useUiWords()
  const moment = useMoment()
  return (
    <span className="note">
      {ui('asOf', { time: formatAt(new Date(at), moment) })} {busy && ui('updating')}
    </span>
  )
}

function Heads({ first }: { first: string }) {
  const t = useWords()
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        <th scope="col">{t('h_people')}</th>
        <th scope="col" title={t('hintDue')}>
          {t('h_due')}
        </th>
        <th scope="col" title={t('hintExecuted')}>
          {t('h_executed')}
        </th>
        <th scope="col" title={t('hintOnTime')}>
          {t('h_on_time')}
        </th>
        <th scope="col" title={t('hintCompleted')}>
          {t('h_completed')}
        </th>
        <th scope="col" title={t('hintReached')}>
          {t('h_reached')}
        </th>
      </tr>
    </thead>
  )
}

/** Cells are the numbers of one line; with opens each opens its people. */
function Cells({ people, rates, what, opens }: { people: number; rates: WorkRates; what: string; opens?: (part: EffectAsk['part'], n: number, label: string) => React.ReactNode }) {
  const t = useWords()
  const cell = (part: EffectAsk['part'], n: number, of: number, name: string) => (
    <td>
      {opens && n > 0 ? opens(part, n, `${what}，${name}`) : count(n)}
      {part !== 'due' && <span className="note effect-share">{of === 0 ? '–' : share(n, of) || `/ ${count(of)}`}</span>}
      {part === 'executed' && of > 0 && (
        <span className="effect-bar" aria-hidden="true">
          <i style={{ width: `${(n / of) * 100}%` }} />
        </span>
      )}
    </td>
  )
  return (
    <>
      <td>{count(people)}</td>
      {cell('due', rates.due, rates.due, t('h_due'))}
      {cell('executed', rates.executed, rates.due, t('h_executed'))}
      {cell('on_time', rates.onTime, rates.due, t('h_on_time'))}
      {cell('completed', rates.completed, rates.due, t('h_completed'))}
      {cell('reached', rates.result, rates.resultDue, t('h_reached'))}
    </>
  )
}

const classes = { safety: 'c_safety', asked: 'c_asked', programme: 'c_programme' } as const

function All({ view, from }: { view: EffectView; from: string }) {
  const t = useWords()
  const say = useSay()
  const all = useQuery(journeysQuery(view.programme, from))
  const v = all.data
  if (all.error && !v) return <ErrorBox error={all.error} onRetry={() => void all.refetch()} />
  if (!v) return <Skeleton lines={10} />
  return (
    <>
      <p className="note">
        {t('lead', { name: say(v.name) })} <AsOf at={v.asOf} busy={all.isFetching} />
      </p>
      <section className={all.isPlaceholderData ? 'panel effect-scroll faded' : 'panel effect-scroll'} aria-label={t('all')}>
        {v.items.length === 0 ? (
          <Empty title={t('noJourneys')} action={<Link to="/programmes/$key" params={{ key: v.programme }}>{t('toProgramme')}</Link>}>
            {t('noJourneysBody')}
          </Empty>
        ) : v.items.every((one) => one.rates.due === 0) ? (
          <Empty title={t('noWork')}>{t('noWorkBody')}</Empty>
        ) : (
          <table className="effect-table">
            <Heads first={t('h_journey')} />
            <tbody>
              {v.items.map((one) => (
                <tr key={one.key}>
                  <th scope="row">
                    <Link to="/effect" search={{ ...view, programme: v.programme, journey: one.key }}>
                      {say(one.name)}
                    </Link>{' '}
                    {one.class in classes && one.class !== 'programme' && <span className={one.class === 'safety' ? 'badge badge-safety' : 'badge'}>{t(classes[one.class as keyof typeof classes])}</span>} {one.compares && <span className="badge">{t('compares')}</span>}
                  </th>
                  <Cells people={one.people} rates={one.rates} what={say(one.name)} />
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </>
  )
}

const kinds = ['message', 'card', 'task', 'alert', 'gone'] as const
const kindWord = (kind: string) => `k_${kinds.find((one) => one === kind) ?? 'other'}` as const

function One({ view, onView, from, journey, Opens }: { view: EffectView; onView: (view: EffectView) => void; from: string; journey: string; Opens: Opens }) {
  const t = useWords()
  const say = useSay()
  const one = useQuery(journeyQuery(view.programme, journey, from, view.by))
  const v = one.data
  if (one.error && !v) return <ErrorBox error={one.error} onRetry={() => void one.refetch()} />
  if (!v) return <Skeleton lines={14} />
  const opener = (more: Partial<EffectAsk>) => (part: EffectAsk['part'], n: number, label: string) => (
    <Opens text={count(n)} label={t('open', { what: label, n: count(n) })} of={part} ask={() => effectPeople(v, { part, ...more })} />
  )
  return (
    <div className={one.isPlaceholderData ? 'effect faded' : 'effect'}>
      <div>
        <h2>{say(v.name)}</h2>
        <p className="note">
          {v.goal ? t('goal', { goal: say(v.goal), window: say(v.window) }) : t('noGoal')} · {t('facts', { version: v.version, n: count(v.people), from: v.from, to: v.to })} · <AsOf at={v.asOf} busy={one.isFetching} />
        </p>
      </div>
      <Comparisons v={v} Opens={Opens} />
      <section className="panel effect-scroll" aria-label={t('work')}>
        <h3>{t('work')}</h3>
        {v.steps.length === 0 ? (
          <Empty title={t('noWork')}>{t('noWorkBody')}</Empty>
        ) : (
          <>
            <p className="note effect-says">{t('workSays', { due: count(v.rates.due), executed: count(v.rates.executed), onTime: count(v.rates.onTime), completed: count(v.rates.completed) })}</p>
            <table className="effect-table">
              <Heads first={t('h_step')} />
              <tbody>
                {v.steps.map((step) => (
                  <tr key={step.id}>
                    <th scope="row">
                      <span className="note effect-kind">{t(kindWord(step.kind))}</span> {say(step.text)}
                    </th>
                    <Cells people={step.people} rates={step.rates} what={say(step.text)} opens={opener({ step: step.id })} />
                  </tr>
                ))}
              </tbody>
              <tfoot>
                <tr>
                  <th scope="row">{say(v.name)}</th>
                  <Cells people={v.people} rates={v.rates} what={say(v.name)} opens={opener({})} />
                </tr>
              </tfoot>
            </table>
          </>
        )}
      </section>
      {v.steps.length > 0 && <Groups v={v} view={view} onView={onView} opener={opener} />}
    </div>
  )
}

type Opener = (more: Partial<EffectAsk>) => (part: EffectAsk['part'], n: number, label: string) => React.ReactNode

function Groups({ v, view, onView, opener }: { v: JourneyEffect; view: EffectView; onView: (view: EffectView) => void; opener: Opener }) {
  const t = useWords()
  const say = useSay()
  const { can } = useSession()
  const shown = v.groups.filter((group) => !group.hidden)
  const hidden = v.groups.filter((group) => group.hidden)
  return (
    <section className="panel effect-scroll" aria-label={t('groups')}>
      <div className="effect-head">
        <h3>{t('groups')}</h3>
        <Select aria-label={t('groupsBy')} value={view.by ?? 'stage'} onChange={(by) => onView({ ...view, by: by === 'stage' ? undefined : by })} options={ways.map((one) => ({ value: one, label: t(`by_${one}`) }))} popupMatchSelectWidth={false} />
        <span className="note">{t('groupsNote', { n: v.fewest })}</span>
        {can.includes('people.assign') && <Smallest now={v.fewest} />}
      </div>
      {v.groups.length === 0 ? (
        <p className="unknown effect-says">{t('noGroups')}</p>
      ) : shown.length === 0 ? (
        <p className="unknown effect-says">{t('allHidden', { n: v.fewest, names: hidden.map((group) => say(group.name)).join(t('and')) })}</p>
      ) : (
        <table className="effect-table">
          <Heads first={t(`by_${v.by}`)} />
          <tbody>
            {shown.map((group) => (
              <tr key={group.key}>
                <th scope="row">{say(group.name)}</th>
                <Cells people={group.people} rates={group.rates} what={say(group.name)} opens={opener({ by: v.by, group: group.key })} />
              </tr>
            ))}
          </tbody>
          {hidden.length > 0 && (
            <caption className="unknown effect-hidden">{t('hidden', { n: v.fewest, of: hidden.length, names: hidden.map((group) => say(group.name)).join(t('and')) })}</caption>
          )}
        </table>
      )}
    </section>
  )
}
