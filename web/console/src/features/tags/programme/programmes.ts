// Programmes as documents: what is asked of the server. What a draft changes begins with ["draft"], what is in force with ["tags"],
// as in tags.ts, so that publishing makes both anew.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { address, ApiError, del, get, newKey, post, put } from '../../../../../client/http'
import type {
  Approval, Checklist, Choice, DraftNumbers, DraftShape, FileChecked, GroupForm, LayerForm, NewProgramme, ProgrammeDocument, ProgrammeLine, QuestionnaireForm, QuestionnaireLine, QuestionnaireView, SettingForm, StageForm, TargetForm, TextForm, TextLineOfDraft, TextView, Trial,
} from '../../../../../client/programmes'
import type { Diff, Draft, Found } from '../../../../../client/rules'
import type { Text } from '../../../../../client/types'

const at = (key: string) => `/api/programmes/${encodeURIComponent(key)}`

export const deskQuery = queryOptions({
  queryKey: ['tags', 'desk'] as const,
  queryFn: async ({ signal }) => (await get<{ items: ProgrammeLine[] }>('/api/programme-desk', { signal })).items,
})

/** Which programme text: in force, the draft, or a version by number. */
export type Which = 'force' | 'draft' | number

export const documentQuery = (key: string, which: Which) =>
  queryOptions({
    queryKey: [which === 'draft' ? 'draft' : 'tags', key, 'document', which] as const,
    queryFn: ({ signal }) => get<ProgrammeDocument>(`${at(key)}/document`, { signal, query: { draft: which === 'draft' ? 1 : undefined, version: typeof which === 'number' ? which : undefined } }),
    staleTime: 20_000,
  })

export const numbersQuery = (key: string) =>
  queryOptions({ queryKey: ['draft', key, 'numbers'] as const, queryFn: ({ signal }) => get<DraftNumbers>(`${at(key)}/draft/numbers`, { signal }) })

export const stagesQuery = (key: string) =>
  queryOptions({
    queryKey: ['draft', key, 'stages'] as const,
    queryFn: ({ signal }) => get<{ revision: number; stages: StageForm[] }>(`${at(key)}/draft/stages`, { signal }),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  })

export const textsQuery = (key: string) =>
  queryOptions({
    queryKey: ['draft', key, 'texts'] as const,
    queryFn: ({ signal }) => get<{ items: TextLineOfDraft[]; purposes: string[]; longest: number }>(`${at(key)}/draft/texts`, { signal }),
  })

export const textQuery = (key: string, text: string) =>
  queryOptions({
    queryKey: ['draft', key, 'text', text] as const,
    queryFn: ({ signal }) => get<TextView>(`${at(key)}/draft/texts/${encodeURIComponent(text)}`, { signal }),
    // What is being typed must not be replaced under the hands.
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })

export const shapeQuery = (key: string) =>
  queryOptions({
    queryKey: ['draft', key, 'shape'] as const,
    queryFn: ({ signal }) => get<DraftShape>(`${at(key)}/draft/shape`, { signal }),
  })

export const formsQuery = (key: string) =>
  queryOptions({
    queryKey: ['draft', key, 'forms'] as const,
    queryFn: ({ signal }) => get<{ items: QuestionnaireLine[]; scales: Choice[] }>(`${at(key)}/draft/forms`, { signal }),
  })

export const formQuery = (key: string, form: string) =>
  queryOptions({
    queryKey: ['draft', key, 'form', form] as const,
    queryFn: ({ signal }) => get<QuestionnaireView>(`${at(key)}/draft/forms/${encodeURIComponent(form)}`, { signal }),
    // What is being typed must not be replaced under the hands.
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })

/** A part of a draft as it is being written, sent only to hear what would be wrong. */
export const tryQuery = (key: string, part: string, body: unknown, revision: number, on: boolean) =>
  queryOptions({
    queryKey: ['draft', key, 'try', part, JSON.stringify(body), revision] as const,
    queryFn: ({ signal }) => put<Draft>(`${at(key)}/draft/${part}`, body, { signal, query: { try: true }, ifMatch: revision }),
    enabled: on,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
  })

export const checkFileQuery = (key: string, path: string, text: string, on: boolean) =>
  queryOptions({
    queryKey: ['draft', key, 'check', path, text] as const,
    queryFn: ({ signal }) => post<FileChecked>(`${at(key)}/draft/check`, { path, text }, { signal }),
    enabled: on,
    placeholderData: keepPreviousData,
    retry: false,
  })

export const trialQuery = (key: string) =>
  queryOptions({
    queryKey: ['draft', key, 'trial'] as const,
    queryFn: ({ signal }) => get<Trial>(`${at(key)}/draft/trial`, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'running' && !(state.error instanceof ApiError) ? 500 : false),
  })

export const checklistQuery = (key: string) =>
  queryOptions({ queryKey: ['draft', key, 'checklist'] as const, queryFn: ({ signal }) => get<Checklist>(`${at(key)}/checklist`, { signal }) })

export const diffQuery = (key: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['tags', 'versions', key, from, to, 'diff'] as const,
    queryFn: ({ signal }) => get<Diff>(`${at(key)}/versions/${from}/diff`, { signal, query: { to } }),
    staleTime: Infinity,
  })

const once = (revision: number) => ({ ifMatch: revision, idempotencyKey: newKey() })

export const saveHead = (key: string, head: { name: Text; approval: Approval }, revision: number) => put<Draft>(`${at(key)}/draft/head`, head, once(revision))
export const saveSetting = (key: string, item: string, form: SettingForm, revision: number) => put<Draft>(`${at(key)}/draft/settings/${encodeURIComponent(item)}`, form, once(revision))
export const dropSetting = (key: string, item: string, revision: number) => del<Draft>(`${at(key)}/draft/settings/${encodeURIComponent(item)}`, once(revision))
export const saveTarget = (key: string, item: string, form: TargetForm, revision: number) => put<Draft>(`${at(key)}/draft/targets/${encodeURIComponent(item)}`, form, once(revision))
export const dropTarget = (key: string, item: string, revision: number) => del<Draft>(`${at(key)}/draft/targets/${encodeURIComponent(item)}`, once(revision))
export const saveStages = (key: string, stages: readonly StageForm[], revision: number) => put<Draft>(`${at(key)}/draft/stages`, { stages }, once(revision))
export const saveText = (key: string, item: string, form: TextForm, revision: number) => put<Draft>(`${at(key)}/draft/texts/${encodeURIComponent(item)}`, form, once(revision))
export const dropText = (key: string, item: string, revision: number) => del<Draft>(`${at(key)}/draft/texts/${encodeURIComponent(item)}`, once(revision))
export const saveGroups = (key: string, groups: readonly GroupForm[], revision: number) => put<Draft>(`${at(key)}/draft/groups`, { groups }, once(revision))
export const saveLayer = (key: string, tag: string, form: LayerForm, revision: number) => put<Draft>(`${at(key)}/draft/layers/${encodeURIComponent(tag)}`, form, once(revision))
export const dropLayer = (key: string, tag: string, revision: number) => del<Draft>(`${at(key)}/draft/layers/${encodeURIComponent(tag)}`, once(revision))
export const saveWord = (key: string, word: string, rule: string, revision: number) => put<Draft>(`${at(key)}/draft/words/${encodeURIComponent(word)}`, { rule }, once(revision))
export const dropWord = (key: string, word: string, revision: number) => del<Draft>(`${at(key)}/draft/words/${encodeURIComponent(word)}`, once(revision))
export const saveForm = (key: string, form: string, body: QuestionnaireForm, revision: number) => put<Draft>(`${at(key)}/draft/forms/${encodeURIComponent(form)}`, body, once(revision))
export const dropForm = (key: string, form: string, revision: number) => del<Draft>(`${at(key)}/draft/forms/${encodeURIComponent(form)}`, once(revision))
export const removeFile = (key: string, path: string, revision: number) => put<Draft>(`${at(key)}/draft/file`, { path, remove: true }, once(revision))

export const startTrial = (key: string) => post<Trial>(`${at(key)}/draft/trial`)
export const stopTrial = (key: string) => del(`${at(key)}/draft/trial`)

export const stateItem = (key: string, item: string, done: boolean, note: string) => put<Checklist>(`${at(key)}/checklist/${item}`, { done, note }, { idempotencyKey: newKey() })

export const restoreVersion = (key: string, version: number, revision: number) => post<Draft>(`${at(key)}/versions/${version}/restore`, {}, once(revision))
export const versionMoved = (key: string, version: number) => post<Found>(`${at(key)}/versions/${version}/moved`)
export const programmePeople = (key: string, part: 'programme' | 'stage' | 'tag' | 'run', of?: string) => post<Found>(`${at(key)}/people`, { part, of })

export const exportAddress = (key: string, which: Which): string =>
  address(`${at(key)}/export`, { draft: which === 'draft' ? 1 : undefined, version: typeof which === 'number' ? which : undefined })
export const importZip = (key: string, file: Blob, revision: number) => post<Draft>(`${at(key)}/draft/import`, {}, { ifMatch: revision, file })
export const importNew = (file: Blob) => post<Draft>('/api/programmes/import', {}, { file })
export const beginProgramme = (begun: NewProgramme) => post<Draft>('/api/programmes', begun, { idempotencyKey: newKey() })
