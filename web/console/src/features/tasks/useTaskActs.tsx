import { App as Antd, Button } from 'antd'
import { ApiError, OfflineError } from '../../../../client/http'
import type { Task } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { type Act, aim, useAct } from './tasks'
import { useWords } from './strings'

/**
 * useTaskActs does something to a task and says so, with an undo where the server has one. The same undo stays in the
 * list of done tasks, so the toast is never the only way.
 */
export function useTaskActs(onBack?: (id: string) => void) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const { notification } = Antd.useApp()
  const { mutate, variables, isPending } = useAct()

  const failed = (error: Error) => {
    const title =
      error instanceof OfflineError
        ? t('offline')
        : error instanceof ApiError && (error.status === 409 || error.status === 412)
          ? say(error.problem.text) || t('stale')
          : error instanceof ApiError && error.problem.text
            ? say(error.problem.text)
            : t('failed', { code: error instanceof ApiError ? error.code || error.status : 'app' })
    notification.error({ title, duration: 10, placement: 'bottomLeft' })
  }

  const run = (task: Task, act: Act, on = aim(task, act)) =>
    mutate(
      { task, act, on },
      {
        onError: failed,
        onSuccess: (after) => {
          const key = `task-${task.id}`
          const undo = () => {
            notification.destroy(key)
            onBack?.(task.id)
            run(task, { verb: 'reopen' }, { id: on.id, version: after?.version ?? on.version + 1 })
          }
          notification.success({
            key,
            title: told(task, act),
            duration: 10,
            placement: 'bottomLeft',
            actions:
              act.verb === 'complete' || act.verb === 'skip' ? (
                <Button size="small" onClick={undo}>
                  {t('undo')}
                </Button>
              ) : undefined,
          })
        },
      },
    )

  const told = (task: Task, act: Act): string => {
    const { name } = task.person
    if (act.verb === 'complete')
      return t('recorded', { name, outcome: say(task.results.find((r) => r.key === act.outcome)?.text) || act.outcome })
    if (act.verb === 'skip') return t('skipped', { name })
    if (act.verb === 'postpone') return t('postponed', { name, time: formatAt(new Date(act.until), moment) })
    if (act.verb === 'reopen') return t('reopened', { name })
    return t('taken', { name })
  }

  return { run, busy: isPending ? variables?.task.id : undefined }
}
