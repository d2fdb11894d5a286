import { infiniteQueryOptions } from '@tanstack/react-query'
import { get } from '../../../../client/http'
import type { List, Message } from '../../../../client/types'

export const messagesQuery = infiniteQueryOptions({
  queryKey: ['me', 'messages'] as const,
  queryFn: ({ signal, pageParam }) =>
    get<List<Message>>('/api/me/messages', { signal, query: { cursor: pageParam, limit: 30 } }),
  initialPageParam: '',
  getNextPageParam: (page) => page.nextCursor || undefined,
})
