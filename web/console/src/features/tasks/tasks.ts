// The tasks of the day: reading them and what one can do with one.
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, newKey, post } from '../../../../client/http'
import type { Task, TaskList, TaskStep, Why } from '../../../../client/types'
import type { WhyQuery } from '../../layout/WhyDrawer'

export const groups = ['safety', 'promise', 'today', 'later', 'over'] as const
export type Group = (typeof groups)[number]

export interface TaskFilter {
  group?: Group
  /** me, all, or a member of staff by id. */
  owner: string
  state: 'open' | 'closed'
}

/** How many rows are asked for at first and with each press of "more"; the server gives at most `mostRows`. */
export const someRows = 200
export const mostRows = 1000

export const tasksQuery = ({ group, owner, state }: TaskFilter, limit = someRows) =>
  queryOptions({
    queryKey: ['tasks', { group, owner, state, limit }] as const,
    queryFn: ({ signal }) => get<TaskList>('/api/tasks', { signal, query: { group, owner, state, limit } }),
    placeholderData: keepPreviousData,
  })

export const taskWhyQuery = (task: Pick<Task, 'id' | 'person'>): WhyQuery => ({
  queryKey: ['person', task.person.id, 'task-why', task.id],
  queryFn: ({ signal }) => get<Why>(`/api/tasks/${task.id}/why`, { signal, query: { person: task.person.id } }),
})

export type Act =
  | { verb: 'claim' }
  | { verb: 'complete'; outcome: string; note?: string }
  | { verb: 'skip'; reason: string; note?: string }
  | { verb: 'postpone'; until: string; note?: string }
  | { verb: 'reopen' }

/**
 * aim finds what an act is done to: the result of a call that answers an alert belongs to the call, which the alert's row
 * stands for. Everything else is done to the row itself, and the server does the same to its calls.
 */
export function aim(task: Task, act: Act): Pick<Task, 'id' | 'version'> {
  const offers = (step: TaskStep) => act.verb === 'complete' && step.state === 'open' && step.results.some((r) => r.key === act.outcome)
  return task.steps?.find(offers) ?? task
}

/** useAct does one thing to one task. The version goes along, so that two people never overwrite each other. */
export function useAct() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ task, act: { verb, ...body }, on }: { task: Task; act: Act; on: Pick<Task, 'id' | 'version'> }) =>
      post<Task>(`/api/tasks/${on.id}/${verb}`, body, {
        query: { person: task.person.id },
        ifMatch: on.version,
        idempotencyKey: newKey(),
      }),
    onSettled: (_, __, { task }) => {
      void client.invalidateQueries({ queryKey: ['tasks'] })
      void client.invalidateQueries({ queryKey: ['person', task.person.id] })
      void client.invalidateQueries({ queryKey: ['people'] })
    },
  })
}
