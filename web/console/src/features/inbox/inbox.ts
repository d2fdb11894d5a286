// The inbox: the list whose filter lives in the address, one conversation, and what is done with it.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { ConversationList, Knowledge, KnowledgeList, PersonConversation, Question, Suggestions, TalkSettings, Wording } from '../../../../client/conversations'
import { get, newKey, post, put } from '../../../../client/http'
import type { List, Message } from '../../../../client/types'

export const tabs = ['mine', 'unassigned', 'theirs', 'snoozed', 'closed', 'all'] as const
export type Tab = (typeof tabs)[number]

export interface InboxView {
  /** Undefined: mine. */
  tab?: Tab
  channel?: string
  safety?: boolean
  /** Whose conversation is open. */
  id?: string
  /** Undefined: the conversations. */
  page?: 'knowledge' | 'questions' | 'settings'
  q?: string
}

export const inboxQuery = ({ tab, channel, safety }: InboxView) =>
  queryOptions({
    queryKey: ['people', 'conversations', { tab, channel, safety }] as const,
    queryFn: ({ signal }) => get<ConversationList>('/api/conversations', { signal, query: { tab, channel, safety, limit: 200 } }),
    placeholderData: keepPreviousData,
  })

export const conversationOf = (id: string) =>
  queryOptions({
    queryKey: ['person', id, 'conversation'] as const,
    queryFn: ({ signal }) => get<PersonConversation>(`/api/people/${id}/conversation`, { signal, query: { limit: 100 } }),
  })

export const suggestionsOf = (id: string, q: string, last: string) =>
  queryOptions({
    queryKey: ['person', id, 'suggestions', q, last] as const,
    queryFn: ({ signal }) => get<Suggestions>(`/api/people/${id}/suggestions`, { signal, query: { q: q || undefined } }),
    placeholderData: keepPreviousData,
  })

export const sentTo = (id: string) =>
  queryOptions({
    queryKey: ['person', id, 'messages', 'inbox'] as const,
    queryFn: ({ signal }) => get<List<Message>>(`/api/people/${id}/messages`, { signal, query: { limit: 12 } }),
  })

export interface Deed {
  action: string
  to?: string
  until?: string
  reason?: string
  note?: string
  chat?: string
  seen?: string
}

export const handle = (id: string, deed: Deed) => post<PersonConversation>(`/api/people/${id}/conversation`, deed, { idempotencyKey: newKey() })

export const checkWords = (text: string) => post<Wording>('/api/wording', { text })

export const write = (id: string, text: string, confirmed: boolean, key: string) =>
  post<Message>(`/api/people/${id}/messages`, { text, confirmed: confirmed || undefined }, { idempotencyKey: key })

export const knowledgeQuery = (q: string, kind: string | undefined, state: string | undefined) =>
  queryOptions({
    queryKey: ['knowledge', { q, kind, state }] as const,
    queryFn: ({ signal }) => get<KnowledgeList>('/api/knowledge', { signal, query: { q: q || undefined, kind, state, limit: 100 } }),
    placeholderData: keepPreviousData,
  })

export type Entry = Pick<Knowledge, 'kind' | 'title' | 'questions' | 'text' | 'source' | 'gravity' | 'automatic' | 'audience' | 'textEn'>

export const saveEntry = (entry: Entry, old?: Knowledge) =>
  old ? put<Knowledge>(`/api/knowledge/${old.id}`, entry, { ifMatch: `"${old.version}"` }) : post<Knowledge>('/api/knowledge', entry, { idempotencyKey: newKey() })

export const stateEntry = (old: Knowledge, to: 'approve' | 'retire') => post<Knowledge>(`/api/knowledge/${old.id}/${to}`, {}, { ifMatch: `"${old.version}"`, idempotencyKey: newKey() })

export const questionsQuery = queryOptions({
  queryKey: ['people', 'questions'] as const,
  queryFn: ({ signal }) => get<List<Question>>('/api/questions', { signal, query: { limit: 100 } }),
})

export const settingsQuery = queryOptions({
  queryKey: ['conversation-settings'] as const,
  queryFn: ({ signal }) => get<TalkSettings>('/api/conversation-settings', { signal }),
})

export const saveSettings = ({ version, may: _may, ...body }: TalkSettings) => put<TalkSettings>('/api/conversation-settings', body, { ifMatch: `"${version}"` })
