import type { ReactNode } from 'react'
import type { Again, AgainJourney, AgainStaff, Rehearsal } from '../../../../../client/rehearsal'
import { useSay } from '../../../../../ui/i18n'
import { Counted } from '../FoundList'
import { count } from '../Names'
import { ByDay } from './ByDay'
import { useWords } from './strings'

/** Opens makes a number that opens its people. */
type Opens = (n: number, of: string, text?: string) => ReactNode

/** Result is what the draft would have done, beside what was really done in the time. */
export function Result({ rehearsal, again, onAgain }: { rehearsal: Rehearsal; again: Again; onAgain?: () => void }) {
  const t = useWords()
  const { found } = rehearsal
  const opens: Opens = (n, of, text = count(n)) => <Counted n={n} text={text} place={found ? { found, of, onAgain } : undefined} />
  return (
    <div className={rehearsal.stale ? 'again faded' : 'again'}>
      <Headline rehearsal={rehearsal} a={again} opens={opens} />
      <div className="again-two">
        <section className="panel again-part" aria-label={t('byDayMessages')}>
          <ByDay title={t('byDayMessages')} bars={t('barsMessages')} really={t('lineMessages')} days={again.days.map(({ day, sent, real }) => ({ day, would: sent, real }))} />
        </section>
        <section className="panel again-part" aria-label={t('byDayTasks')}>
          <ByDay title={t('byDayTasks')} bars={t('barsTasks')} really={t('lineTasks')} days={again.days.map(({ day, tasks, realTasks }) => ({ day, would: tasks, real: realTasks }))} />
        </section>
      </div>
      <Steps a={again} opens={opens} />
      <Goals all={again.journeys} opens={opens} />
      {again.tasks > 0 && <Staff a={again} capacity={rehearsal.capacity} />}
    </div>
  )
}

function Headline({ rehearsal: r, a, opens }: { rehearsal: Rehearsal; a: Again; opens: Opens }) {
  const t = useWords()
  const say = useSay()
  const what = r.journey ? say(r.journeys.find(({ key }) => key === r.journey)?.name ?? a.journeys.find(({ key }) => key === r.journey)?.name) || r.journey : t('whole')
  return (
    <section className="panel again-part" aria-label={t('result')}>
      <h2>{t('result')}</h2>
      <p className="note">
        {t('about', { from: r.from ?? '', to: r.to ?? '', what, n: count(a.people) })} {r.new && t('newJoins')}
      </p>
      <ul className="again-says">
        <li>
          {a.reached === 0 ? (
            t('reachedNobody')
          ) : (
            <>
              {t('would')} {opens(a.reached, 'reached', t('peopleN', { n: count(a.reached) }))}
              {t('reachedTimes', { n: count(a.entered) })}
            </>
          )}
        </li>
        <li>
          {t('wouldSend')} {opens(a.sent, 'sent', t('messagesN', { n: count(a.sent) }))}
          {t('reallySent', { n: count(a.real) })}
        </li>
        <li>
          {a.suppressed === 0 ? (
            t('wouldNotNone')
          ) : (
            <>
              {t('wouldNot')} {opens(a.suppressed, 'suppressed', t('messagesN', { n: count(a.suppressed) }))}
              {t('because')}
              <ul className="again-why">
                {a.reasons.map((one) => (
                  <li key={one.reason}>
                    {say(one.text)} {opens(one.n, `reason:${one.reason}`, t('piecesN', { n: count(one.n) }))}
                  </li>
                ))}
              </ul>
            </>
          )}
        </li>
        {a.held > 0 && <li>{t('wouldWait', { n: count(a.held) })}</li>}
        <li>
          {t('wouldTask')} {opens(a.tasks, 'tasks', t('tasksN', { n: count(a.tasks) }))}
          {t('tasksMore', { safety: count(a.safety), n: count(a.realTasks) })}
        </li>
      </ul>
    </section>
  )
}

const kinds = ['message', 'card', 'task', 'alert'] as const
const kindWord = (kind: string) => `k_${kinds.find((one) => one === kind) ?? 'other'}` as const

function Steps({ a, opens }: { a: Again; opens: Opens }) {
  const t = useWords()
  const say = useSay()
  const shown = a.journeys.filter(({ people }) => people > 0)
  const empty = a.journeys.filter(({ people }) => people === 0)
  return (
    <section className="panel again-part" aria-label={t('steps')}>
      <h2>{t('steps')}</h2>
      {shown.length === 0 ? (
        <p className="unknown">{t('nothingSteps')}</p>
      ) : (
        <div className="again-scroll">
          <table className="again-table">
            <thead>
              <tr>
                <th scope="col">{t('h_step')}</th>
                {(['sent', 'held', 'suppressed', 'tasks'] as const).map((key) => (
                  <th key={key} scope="col" className="again-n">
                    {t(`h_${key}`)}
                  </th>
                ))}
                <th scope="col">{t('h_why')}</th>
              </tr>
            </thead>
            {shown.map((one) => (
              <tbody key={one.key}>
                <tr className="again-journey">
                  <th scope="rowgroup" colSpan={6}>
                    {say(one.name)} {one.class === 'safety' && <span className="badge badge-safety">{t('safetyBadge')}</span>} {opens(one.people, `journey:${one.key}`, t('peopleN', { n: count(one.people) }))} <span className="note">{t('entered', { n: count(one.entered) })}</span>
                  </th>
                </tr>
                {one.steps.map((step) => (
                  <tr key={step.step}>
                    <th scope="row">
                      <span className="note again-kind">{t(kindWord(step.kind))}</span> {say(step.name)}
                    </th>
                    <td className="again-n">{opens(step.sent, `sent:${one.key}:${step.step}`)}</td>
                    <td className="again-n">{opens(step.held, `held:${one.key}:${step.step}`)}</td>
                    <td className="again-n">{opens(step.suppressed, `suppressed:${one.key}:${step.step}`)}</td>
                    <td className="again-n">{opens(step.tasks, `task:${one.key}:${step.step}`)}</td>
                    <td className="note">{step.reasons.map((why) => `${say(why.text)} ${count(why.n)}`).join(t('comma'))}</td>
                  </tr>
                ))}
              </tbody>
            ))}
          </table>
        </div>
      )}
      {empty.length > 0 && shown.length > 0 && (
        <p className="note">
          {t('emptyJourneys', { n: count(empty.length) })} {empty.map(({ name }) => say(name)).join(t('comma'))}
          {t('stop')}
        </p>
      )}
    </section>
  )
}

function Goals({ all, opens }: { all: readonly AgainJourney[]; opens: Opens }) {
  const t = useWords()
  const say = useSay()
  const shown = all.flatMap((one) => (one.goal && one.people > 0 ? [{ ...one, goal: one.goal }] : []))
  return (
    <section className="panel again-part" aria-label={t('goals')}>
      <h2>{t('goals')}</h2>
      {shown.length === 0 ? (
        <p className="unknown">{t('noGoals')}</p>
      ) : (
        <div className="again-scroll">
          <table className="again-table">
            <thead>
              <tr>
                <th scope="col">{t('h_journey')}</th>
                {(['within', 'due', 'reached', 'missed', 'before', 'open'] as const).map((key) => (
                  <th key={key} scope="col" className="again-n">
                    {t(`h_${key}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ key, name, goal }) => (
                <tr key={key}>
                  <th scope="row">{say(name)}</th>
                  <td className="again-n">{say(goal.within)}</td>
                  <td className="again-n">{t('goalPeople', { n: count(goal.due) })}</td>
                  <td className="again-n">
                    {opens(goal.reached, `goal:${key}`)} {goal.due > 0 && <span className="note">{Math.round((100 * goal.reached) / goal.due)}%</span>}
                  </td>
                  <td className="again-n">{opens(goal.due - goal.reached, `missed:${key}`)}</td>
                  <td className="again-n">{count(goal.before)}</td>
                  <td className="again-n">{count(goal.open)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

const roles = ['owner', 'on_duty', 'pharmacist', 'doctor', 'manager'] as const
const roleWord = (role: string) => `r_${roles.find((one) => one === role) ?? 'other'}` as const

function Staff({ a, capacity }: { a: Again; capacity: number }) {
  const t = useWords()
  const cells = (one: AgainStaff) => (
    <>
      <td className="again-n">{count(one.total)}</td>
      <td className="again-n">{one.mean}</td>
      <td className="again-n">{count(one.p95)}</td>
      <td className="again-n">
        {count(one.busiest)} {one.busiest > 0 && <span className="note">{one.busiestDay}</span>}
      </td>
      <td className="again-n">{count(one.needed)}</td>
    </>
  )
  return (
    <section className="panel again-part" aria-label={t('staff')}>
      <h2>{t('staff')}</h2>
      <p className="note">{t('staffSays', { n: capacity })}</p>
      <div className="again-scroll">
        <table className="again-table">
          <thead>
            <tr>
              <th scope="col">{t('h_who')}</th>
              {(['total', 'mean', 'p95', 'busiest', 'needed'] as const).map((key) => (
                <th key={key} scope="col" className="again-n">
                  {t(`h_${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {a.staff.map((one) => (
              <tr key={`${one.role} ${one.staff?.id ?? ''}`}>
                <th scope="row">{one.staff?.name ?? t(roleWord(one.role))}</th>
                {cells(one)}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('all')}</th>
              {cells(a.all)}
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  )
}
