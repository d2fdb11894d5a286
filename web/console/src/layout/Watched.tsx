import type { Task } from '../../../client/types'
import { useSay, words } from '../../../ui/i18n'
import { formatAt } from '../../../ui/time'
import { useMoment } from './now'

const useWords = words('watched', {
  zh: { reminded: '催过 {{n}} 次', next: '下次 {{at}}', comma: '，', escalated: '逾期，{{at}} 已交给{{to}}', escalates: '{{at}} 还没做就升级' },
  en: { reminded: 'reminded {{n}}×', next: 'next {{at}}', comma: ', ', escalated: 'late, given to the {{to}} {{at}}', escalates: 'escalates {{at}} if still open' },
})

/** Watched says how often staff were reminded of a task, when next, and to whom it went because it was late. */
export function Watched({ task }: { task: Task }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const next = task.reminds ? t('next', { at: formatAt(new Date(task.reminds), moment) }) : ''
  return (
    <>
      {(task.reminded ?? 0) > 0 && <span className="badge">{[t('reminded', { n: task.reminded ?? 0 }), next].filter(Boolean).join(t('comma'))}</span>}
      {task.escalated && <span className="badge">{t('escalated', { to: say(task.escalated.text), at: formatAt(new Date(task.escalated.at), moment) })}</span>}
      {task.escalates && task.late && <span className="note">{t('escalates', { at: formatAt(new Date(task.escalates), moment) })}</span>}
    </>
  )
}
