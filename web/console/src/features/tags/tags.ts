// Tags as definitions: what is asked of the server, and under which key the answers are kept. What a draft changes
// begins with ["draft"], what is in force with ["tags"]: publishing makes both anew.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { del, get, newKey, post, put } from '../../../../client/http'
import type {
  Diff, Draft, DraftTest, Found, Preview, ProgrammeVersion, Published, RuleCheck, RuleCount, RuleTry, TagCatalogue, TagDefinition, TagForm, TagLine, Trend, Vocabulary,
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

export const tagQuery = (key: string) =>
  queryOptions({
    queryKey: ['tags', 'tag', key] as const,
    queryFn: ({ signal }) => get<TagDefinition>(`/api/tags/${encodeURIComponent(key)}`, { signal }),
  })

export const trendQuery = (key: string, days: number) =>
  queryOptions({
    queryKey: ['tags', 'trend', key, days] as const,
    queryFn: ({ signal }) => get<Trend>(`/api/tags/${encodeURIComponent(key)}/trend`, { signal, query: { days } }),
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
}

export const checkQuery = (rule: string, kind: 'bool' | 'number', programme?: string, draft?: boolean) =>
  queryOptions({
    queryKey: ['rules', 'check', programme, kind, rule, draft] as const,
    queryFn: ({ signal }) => post<RuleCheck>('/api/rules/check', { programme, rule, kind, draft: draft || undefined }, { signal }),
    enabled: rule.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

export const tryQuery = (asked: Asked, person: string | undefined, at?: string) =>
  queryOptions({
    queryKey: ['rules', 'try', asked, person, at] as const,
    queryFn: ({ signal }) => post<RuleTry>('/api/rules/try', { ...asked, tag: undefined, person, at }, { signal }),
    enabled: person !== undefined && asked.rule.trim() !== '',
    retry: false,
  })

/** Closing the connection stops the count on the server, so cancelling the query is enough. */
export const countQuery = ({ value: _, ...asked }: Asked, compare?: string) =>
  queryOptions({
    queryKey: ['rules', 'count', asked, compare] as const,
    queryFn: ({ signal }) => post<RuleCount>('/api/rules/count', { ...asked, compare }, { signal }),
    enabled: false,
    retry: false,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  })

/** A count of a tag as it is in force, for the people behind one of its numbers. */
export const countTag = ({ key, rule, needs }: Pick<TagLine, 'key' | 'rule' | 'needs'>) => post<RuleCount>('/api/rules/count', { rule, needs: needs || undefined, tag: key })

/** The people who gained and lost a tag from one local day to another, both included; to now without a second. */
export const movedIn = (key: string, from: string, to?: string) => post<Found>(`/api/tags/${encodeURIComponent(key)}/moved`, { from, to })

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

export const previewQuery = (programme: string) =>
  queryOptions({
    queryKey: ['draft', programme, 'preview'] as const,
    queryFn: ({ signal }) => get<Preview>(`${base(programme)}/draft/preview`, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? 600 : false),
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

export const testDraft = (programme: string) => post<DraftTest>(`${base(programme)}/draft/test`, {}, { idempotencyKey: newKey() })

export const startPreview = (programme: string) => post<Preview>(`${base(programme)}/draft/preview`, {}, { idempotencyKey: newKey() })

export const stopPreview = (programme: string) => del(`${base(programme)}/draft/preview`)

export const publish = (programme: string, revision: number, note: string) =>
  post<Published>(`${base(programme)}/draft/publish`, { note }, { ifMatch: revision, idempotencyKey: newKey() })
