// The day in one look, deeds to many tasks, and who has how much to do.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { get, newKey, post, put } from '../../../../client/http'
import type { Text, WorkDay } from '../../../../client/types'

interface Who {
  id: string
  name: string
}

export interface Brief {
  asOf: string
  since: string
  people: number
  need: number
  fine: number
  unknown: number
  rule: Text
  checks: { key: string; text: Text; people: number }[]
  found: string
  changes: { key: string; text: Text; people: number; items: { person: Who; at: string; text: Text }[] }[]
}

export const briefQuery = queryOptions({
  queryKey: ['tasks', 'brief'] as const,
  queryFn: ({ signal }) => get<Brief>('/api/brief', { signal }),
  staleTime: 60_000,
})

export interface Deed {
  tasks: string[]
  kind: 'complete' | 'postpone' | 'skip' | 'hand'
  outcome?: string
  reason?: string
  until?: string
  to?: string
  note?: string
}

export interface BulkResult {
  batch?: string
  undo?: string
  done: number
  safety: number
  failed: number
  rows: { id: string; person?: Who; title?: Text; ok: boolean; why?: Text; due?: string }[]
}

export const tryBulk = (deed: Deed) => post<BulkResult>('/api/task-batches/preview', deed)

export function useBulk() {
  const client = useQueryClient()
  const after = () => {
    void client.invalidateQueries({ queryKey: ['tasks'] })
    void client.invalidateQueries({ queryKey: ['people'] })
    void client.invalidateQueries({ queryKey: ['person'] })
  }
  const run = useMutation({
    mutationFn: ({ deed, batch }: { deed: Deed; batch: string }) => post<BulkResult>('/api/task-batches', { ...deed, batch }, { idempotencyKey: newKey() }),
    onSettled: after,
  })
  const undo = useMutation({
    mutationFn: (batch: string) => post<BulkResult>(`/api/task-batches/${batch}/undo`, {}, { idempotencyKey: newKey() }),
    onSettled: after,
  })
  return { run, undo }
}

export interface WorkLoad {
  asOf: string
  all: boolean
  items: (Who & WorkDay & { roleText: Text; tasks: number; overTasks: number; safety: number })[]
}

export const loadQuery = queryOptions({
  queryKey: ['tasks', 'load'] as const,
  queryFn: ({ signal }) => get<WorkLoad>('/api/workload', { signal }),
})

export interface Weights {
  due: number
  promise: number
  value: number
  wait: number
}

interface Settings {
  weights?: Weights
  programmes?: Record<string, Weights>
  minutes?: number
  staff?: Record<string, number>
  quiet?: number
}

export interface WorkSettings {
  version: number
  set: Settings
  weights: Weights
  minutes: number
  quiet: number
}

export const settingsQuery = queryOptions({
  queryKey: ['tasks', 'settings'] as const,
  queryFn: ({ signal }) => get<WorkSettings>('/api/work-settings', { signal }),
})

export function useSaveSettings() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ set, version }: { set: Settings; version: number }) => put<WorkSettings>('/api/work-settings', set, { ifMatch: version }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tasks'] }),
  })
}
