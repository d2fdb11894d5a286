import type { DoseRow, Progress, ProgressRow } from '../../../../../client/change'
import { useSay } from '../../../../../ui/i18n'
import { useDate } from '../file/Entry'
import { useWords } from './words'

/** Done is each plan and each medicine: planned, done, the share, and when it is due next. */
export function Done({ progress }: { progress: Progress }) {
  const t = useWords()
  if (progress.plans.length + progress.doses.length === 0) return <p className="unknown">{t('noPlans')}</p>
  return (
    <table className="trend-done">
      <thead>
        <tr>
          {(['col_plan', 'col_done', 'col_share', 'col_next'] as const).map((key) => (
            <th key={key} scope="col">
              {t(key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {progress.plans.map((one) => (
          <Plan key={one.kind} plan={one} />
        ))}
        {progress.doses.map((one) => (
          <Dose key={one.key} dose={one} />
        ))}
      </tbody>
    </table>
  )
}

function Plan({ plan }: { plan: ProgressRow }) {
  const t = useWords()
  const say = useSay()
  const date = useDate()
  const amount = (n: number) => (plan.unit ? `${n} ${plan.unit}` : t('times', { n }))
  const days = Math.round(plan.days)
  return (
    <tr>
      <th scope="row">
        {say(plan.name)} {plan.signed && <span className="badge">{t('signed')}</span>}
        <span className="note user-text">{say(plan.text)}</span>
      </th>
      <td>{plan.planned === undefined ? t('doneOnly', { days, done: amount(plan.done) }) : t('planDone', { days, planned: amount(plan.planned), done: amount(plan.done) })}</td>
      <td>
        <Bar share={plan.share} />
      </td>
      <td>
        {plan.over ? (
          <span className="file-2">{t('over')}</span>
        ) : plan.nextDue ? (
          <>
            {plan.overdue && <span className="late">{t('overdue')}</span>} <span className="nowrap">{date(plan.nextDue)}</span>
          </>
        ) : (
          t('none')
        )}
      </td>
    </tr>
  )
}

function Dose({ dose }: { dose: DoseRow }) {
  const t = useWords()
  const say = useSay()
  return (
    <tr>
      <th scope="row">
        <span className="user-text">{say(dose.name)}</span> {!dose.current && <span className="file-2">{t('ended')}</span>}
        <span className="note user-text">{say(dose.dose)}</span>
      </th>
      <td>
        {dose.planned === undefined ? t('doseNoPlan') : t('dosePlan', { days: Math.round(dose.days), planned: dose.planned })}
        <span className="note">{say(dose.text)}</span>
      </td>
      <td>
        <Bar share={dose.share} />
      </td>
      <td>{t('none')}</td>
    </tr>
  )
}

/** Bar draws a share; what is above the whole fills it, and the number beside it says by how much. Unknown is no bar. */
function Bar({ share }: { share?: number }) {
  const t = useWords()
  if (share === undefined) return <span className="unknown">{t('unknownShare')}</span>
  const text = t('share', { n: Math.round(100 * share) })
  return (
    <span className="trend-bar">
      <svg width="96" height="10" viewBox="0 0 96 10" aria-hidden="true">
        <rect className="plan-all" x="0.5" y="0.5" width="95" height="9" rx="4" />
        <rect className="plan-part" x="0.5" y="0.5" width={95 * Math.max(0, Math.min(1, share))} height="9" rx="4" />
      </svg>
      {text}
    </span>
  )
}
