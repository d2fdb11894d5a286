// Imports: the list, one upload with what it looks like, and what may be done with it.
import { queryOptions } from '@tanstack/react-query'
import { get, newKey, post } from '../../../../client/http'
import type { Import, ImportGuess, ImportMap, ImportMapRead, ImportPreview, ImportState } from '../../../../client/imports'

export const pageSize = 50

const moving: readonly ImportState[] = ['waiting', 'running', 'undoing']

export const isMoving = (one: Import): boolean => moving.includes(one.state)

/** The list is asked again every second while anything moves. */
export const importsQuery = (page: number) =>
  queryOptions({
    queryKey: ['imports', page] as const,
    queryFn: ({ signal }) => get<{ items: Import[]; total: number }>('/api/imports', { signal, query: { limit: pageSize, cursor: page > 1 ? String((page - 1) * pageSize) : undefined } }),
    refetchInterval: (query) => (query.state.data?.items.some(isMoving) ? 1000 : false),
  })

/** What somebody says of a table against what its header looks like. */
export interface As {
  sheet?: string
  header?: string
  roles?: Record<string, string>
}

export const guessQuery = (number: number, as: As) =>
  queryOptions({
    queryKey: ['import', number, 'guess', as] as const,
    queryFn: ({ signal }) => post<ImportGuess>(`/api/imports/${number}/guess`, as, { signal }),
    staleTime: Infinity,
  })

export const previewOf = (number: number, map: ImportMap) => post<ImportPreview>(`/api/imports/${number}/preview`, { map })

export interface Beginning {
  basis: string
  programme?: string
  owner?: string
}

export const start = (number: number, map: ImportMap, { basis, programme, owner }: Beginning) =>
  post<Import>(`/api/imports/${number}/start`, { map, basis: basis || undefined, programme: programme || undefined, owner: owner || undefined }, { idempotencyKey: newKey() })

export const writeMap = (map: ImportMap) => post<{ yaml: string }>('/api/import-maps/write', { map })
export const readMap = (yaml: string) => post<ImportMapRead>('/api/import-maps/read', { yaml })

export const act = (number: number, what: 'stop' | 'continue' | 'discard') => post<Import>(`/api/imports/${number}/${what}`, undefined, { idempotencyKey: newKey() })

export const undo = (one: Import) => post<Import>(`/api/imports/${one.number}/undo`, { events: one.report.events }, { idempotencyKey: newKey() })

/** steps are the parts of a path such as events[0].fields.value.unit; what stands in a cell comes last and may hold anything. */
function steps(path: string): string[] {
  const at = path.indexOf('.codes.')
  const names = (at < 0 ? path : path.slice(0, at)).split(/[.[\]]+/).filter((s) => s !== '')
  return at < 0 ? names : [...names, 'codes', path.slice(at + '.codes.'.length)]
}

/** answered is the map with an answer at a path; an empty one takes it out. The map given stays as it is. */
export function answered(map: ImportMap, path: string, value: string): ImportMap {
  const out = structuredClone(map)
  const way = steps(path)
  let here = out as Record<string, unknown>
  for (const step of way.slice(0, -1)) {
    const next = here[step]
    if (typeof next !== 'object' || next === null) return out
    here = next as Record<string, unknown>
  }
  const last = way.at(-1)
  if (last === undefined) return out
  if (value === '') delete here[last]
  else here[last] = value
  return out
}
