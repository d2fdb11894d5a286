// Tags as definitions: what is asked of the server, and under which key the answers are kept. What a draft changes
// begins with ["draft"], what is in force with ["tags"]: publishing makes both anew.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ApiError, del, get, newKey, post, put } from '../../../../client/http'
import type {
  CodeForm, Counted, Counting, Diff, Draft, Found, Preview, ProgrammeVersion, Published, RuleCheck, RuleCount, RuleTry, TagCatalogue, TagDefinition, TagForm, TagLine, Trend, Vocabulary,
} from '../../../../client/rules'
import type { List, PersonRow, ReadingsAnswer, Session } from '../../../../client/types'

/** Who may edit a programme; the server holds the same line. */
export const mayEdit = (session: Session): boolean => session.can.includes('programme.edit')

export type Kind = 'tag' | 'segment'

export const catalogueOf = (kind: Kind, programme?: string) =>
  queryOptions({
    queryKey: ['tags', 'catalogue', kind, programme] as const,
    queryFn: ({ signal }) => get<TagCatalogue>(kind === 'segment' ? '/api/segments' : '/api/tags', { signal, query: { programme } }),
    // Counts move with every reading of every person: once a minute is near enough, and the page says as of when.
    refetchInterval: 60_000,
    staleTime: 20_000,
  })

export const tagQuery = (key: string, programme?: string) =>
  queryOptions({
    queryKey: ['tags', 'tag', key, programme] as const,
    queryFn: ({ signal }) => get<TagDefinition>(`/api/tags/${encodeURIComponent(key)}`, { signal, query: { programme } }),
  })

export const trendQuery = (key: string, days: number, programme?: string) =>
  queryOptions({
    queryKey: ['tags', 'trend', key, days, programme] as const,
    queryFn: ({ signal }) => get<Trend>(`/api/tags/${encodeURIComponent(key)}/trend`, { signal, query: { days, programme } }),
    staleTime: 300_000,
  })

export const vocabularyQuery = (programme?: string) =>
  queryOptions({
    queryKey: ['rules', 'vocabulary', programme] as const,
    queryFn: ({ signal }) => get<Vocabulary>('/api/rules/vocabulary', { signal, query: { programme } }),
    staleTime: 300_000,
  })

/** A rule to be asked about; with `draft` the other tags it reads are those of the draft. */
export interface Asked {
  programme?: string
  rule: string
  needs?: string
  value?: string
  draft?: boolean
  /** The tag whose rule it is; lists of its people are named by it. */
  tag?: string
  /** A tag with codes has these in place of its rule. */
  code?: string
  codes?: CodeForm[]
}

/** hasQuestion tells whether there is anything to ask yet. */
export const hasQuestion = ({ rule, code, codes }: Asked): boolean =>
  codes ? codes.length > 0 && (code ? code.trim() !== '' : codes.every(({ when }) => when?.trim())) : rule.trim() !== ''

/** What a tag in force asks. */
export const askedOf = ({ key, rule, needs, codes }: Pick<TagLine, 'key' | 'rule' | 'needs' | 'codes'>, programme?: string): Asked => ({
  programme,
  rule: codes ? '' : rule,
  needs: needs || undefined,
  tag: key,
  codes: codes?.map(({ code, name, rule: when }) => ({ key: code, name, when })),
})

export const checkQuery = (rule: string, kind: 'bool' | 'number' | 'text', programme?: string, draft?: boolean, journey?: { on?: string }) =>
  queryOptions({
    queryKey: ['rules', 'check', programme, kind, rule, draft, journey] as const,
    queryFn: ({ signal }) => post<RuleCheck>('/api/rules/check', { programme, rule, kind, draft: draft || undefined, journey: journey && true, on: journey?.on }, { signal }),
    enabled: rule.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

export const tryQuery = (asked: Asked, person: string | undefined, at?: string) =>
  queryOptions({
    queryKey: ['rules', 'try', asked, person, at] as const,
    queryFn: ({ signal }) => post<RuleTry>('/api/rules/try', { ...asked, tag: undefined, person, at }, { signal }),
    enabled: person !== undefined && hasQuestion(asked),
    retry: false,
  })

/** Begins to count everyone. The count goes on without whoever began it. */
export const startCount = ({ value: _, ...asked }: Asked, compare?: string) => post<Counting>('/api/rules/counts', { ...asked, compare } satisfies Counted)

export const countingQuery = (id: string | undefined) =>
  queryOptions({
    queryKey: ['rules', 'counting', id] as const,
    queryFn: ({ signal }) => get<Counting>(`/api/rules/counts/${encodeURIComponent(id ?? '')}`, { signal }),
    enabled: id !== undefined,
    retry: false,
    // What is over stays as it was; each look at it would be put on record anew.
    staleTime: ({ state }) => (state.data && state.data.state !== 'running' ? Infinity : 0),
    // While the service cannot be reached it may be on its way back: asking on says what became of the count.
    refetchInterval: ({ state }) => (state.data?.state === 'running' && !(state.error instanceof ApiError) ? 500 : false),
  })

export const stopCount = (id: string) => del(`/api/rules/counts/${encodeURIComponent(id)}`)

/** askedSame tells whether a count was about this question, as it stands now. */
export const askedSame = (counted: Counted, { value: _, ...asked }: Asked, compare?: string): boolean => {
  const sign = (one: Counted) =>
    JSON.stringify([one.rule, one.needs || '', one.compare || '', Boolean(one.draft), one.code || '', (one.codes ?? []).map(({ key, name, when }) => [key, name.zh, name.en, when || ''])])
  return sign(counted) === sign({ ...asked, compare })
}

/** A count of a tag as it is in force, for the people behind one of its numbers. */
export const countTag = (tag: Pick<TagLine, 'key' | 'rule' | 'needs' | 'codes'>, programme?: string) => post<RuleCount>('/api/rules/count', askedOf(tag, programme))

/** Whether the server once had something and a restart, or time, took it away. */
export const isGone = (error: unknown): error is ApiError => error instanceof ApiError && ['count_gone', 'found_gone', 'preview_gone', 'rehearsal_gone'].includes(error.code)

/** The people who gained and lost a tag from one local day to another, both included; to now without a second. */
export const movedIn = (programme: string | undefined, key: string, from: string, to?: string) =>
  post<Found>(`/api/tags/${encodeURIComponent(key)}/moved`, { programme, from, to })

export const findPeople = (q: string) =>
  queryOptions({
    queryKey: ['people', 'find', q] as const,
    queryFn: ({ signal }) => get<List<PersonRow>>('/api/people', { signal, query: { q, limit: 8 } }),
    placeholderData: keepPreviousData,
  })

export const readingsOf = (id: string, from: string, to: string, at?: string) =>
  queryOptions({
    queryKey: ['person', id, 'readings', from, to, at] as const,
    queryFn: ({ signal }) => get<ReadingsAnswer>(`/api/people/${id}/readings`, { signal, query: { from, to, at } }),
  })

// ---- draft and versions

const base = (programme: string) => `/api/programmes/${encodeURIComponent(programme)}`

export const draftQuery = (programme: string | undefined) =>
  queryOptions({
    queryKey: ['draft', programme, 'state'] as const,
    queryFn: ({ signal }) => get<Draft>(`${base(programme ?? '')}/draft`, { signal }),
    enabled: programme !== undefined,
  })

/** A file of the draft: what stands at the place of a mistake. */
export const fileQuery = (programme: string, path: string, revision: number) =>
  queryOptions({
    queryKey: ['draft', programme, 'file', path, revision] as const,
    queryFn: ({ signal }) => get<{ path: string; text: string }>(`${base(programme)}/draft/file`, { signal, query: { path } }),
  })

export const formQuery = (programme: string, key: string) =>
  queryOptions({
    queryKey: ['draft', programme, 'tag', key] as const,
    queryFn: ({ signal }) => get<TagForm>(`${base(programme)}/draft/tags/${encodeURIComponent(key)}`, { signal }),
    // What is being typed must not be replaced under the hands.
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })

/** `id` is the preview last seen: without it one that a restart took away would look as if it had never been. */
export const previewQuery = (programme: string, id?: string) =>
  queryOptions({
    queryKey: ['draft', programme, 'preview'] as const,
    queryFn: ({ signal }) => get<Preview>(`${base(programme)}/draft/preview`, { signal, query: { id } }),
    retry: (n, error) => !isGone(error) && n < 2,
    refetchInterval: ({ state }) => (state.data?.state === 'running' && !(state.error instanceof ApiError) ? 600 : false),
  })

export const versionsQuery = (programme: string | undefined) =>
  queryOptions({
    queryKey: ['tags', 'versions', programme] as const,
    queryFn: ({ signal }) => get<{ items: ProgrammeVersion[] }>(`${base(programme ?? '')}/versions`, { signal }),
    enabled: programme !== undefined,
  })

/** What version n changed against the one before it. */
export const versionDiff = (programme: string, version: number) =>
  queryOptions({
    queryKey: ['tags', 'versions', programme, version, 'diff'] as const,
    queryFn: ({ signal }) => get<Diff>(`${base(programme)}/versions/${version - 1}/diff`, { signal, query: { to: version } }),
    staleTime: Infinity,
  })

export const saveTag = (programme: string, key: string, form: TagForm, revision: number) =>
  put<Draft>(`${base(programme)}/draft/tags/${encodeURIComponent(key)}`, form, { ifMatch: revision, idempotencyKey: newKey() })

export const saveFile = (programme: string, path: string, text: string, revision: number) =>
  put<Draft>(`${base(programme)}/draft/file`, { path, text }, { ifMatch: revision, idempotencyKey: newKey() })

export const removeTag = (programme: string, key: string, revision: number) =>
  del<Draft>(`${base(programme)}/draft/tags/${encodeURIComponent(key)}`, { ifMatch: revision, idempotencyKey: newKey() })

export const discardDraft = (programme: string, revision: number) =>
  del(`${base(programme)}/draft`, { ifMatch: revision, idempotencyKey: newKey() })

export const startPreview = (programme: string) => post<Preview>(`${base(programme)}/draft/preview`, {}, { idempotencyKey: newKey() })

export const stopPreview = (programme: string) => del(`${base(programme)}/draft/preview`)

export const publish = (programme: string, revision: number, note: string, enter: string[] = []) =>
  post<Published>(`${base(programme)}/draft/publish`, { note, enter: enter.length > 0 ? enter : undefined }, { ifMatch: revision, idempotencyKey: newKey() })

/** A tag with codes has a tag for each of them, CODE of TAG as TAG.CODE; no other key holds a dot. */
export const isCode = (key: string): boolean => key.includes('.')

const tagOf = (key: string): string => key.split('.', 1)[0] ?? key

/** Codes after the tag they are of, everything else in its order. */
export function underTheirTag<T extends { key: string }>(all: readonly T[]): T[] {
  const place = new Map<string, number>()
  for (const { key } of all) if (!place.has(tagOf(key))) place.set(tagOf(key), place.size)
  const at = ({ key }: T) => (place.get(tagOf(key)) ?? 0) * 2 + (isCode(key) ? 1 : 0)
  return [...all].sort((a, b) => at(a) - at(b))
}

/** How many tags a list is about: a tag and its codes are one. */
export const tagsIn = (all: readonly { key: string }[]): number => new Set(all.map(({ key }) => tagOf(key))).size
