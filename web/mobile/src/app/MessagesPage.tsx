import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { MessageDetail } from '../features/messages/MessageDetail'
import { Messages } from '../features/messages/Messages'
import { messagesQuery } from '../features/messages/query'
import { meQuery } from '../session/query'
import { Missing } from './Missing'

const one = getRouteApi('/app/messages/$id')

export function MessagesPage() {
  const messages = useInfiniteQuery(messagesQuery)
  if (messages.data) {
    const all = messages.data.pages.flatMap((page) => page.items)
    return <Messages messages={all} onMore={messages.hasNextPage ? () => void messages.fetchNextPage() : undefined} />
  }
  if (messages.error) return <ErrorBox error={messages.error} onRetry={() => void messages.refetch()} />
  return <Skeleton lines={8} />
}

export function MessagePage() {
  const { id } = one.useParams()
  const client = useQueryClient()
  const messages = useInfiniteQuery(messagesQuery)
  const { hasNextPage, isFetching, fetchNextPage } = messages
  const message = messages.data?.pages.flatMap((page) => page.items).find((item) => item.id === id)
  // An old message behind a link is found by reading on; there is no address for a single one.
  const reading = message === undefined && hasNextPage
  useEffect(() => {
    if (reading && !isFetching) void fetchNextPage()
  }, [reading, isFetching, fetchNextPage])

  if (message) {
    return (
      <MessageDetail
        key={message.id}
        message={message}
        onChanged={() => void client.invalidateQueries({ queryKey: meQuery.queryKey })}
      />
    )
  }
  if (messages.error) return <ErrorBox error={messages.error} onRetry={() => void messages.refetch()} />
  if (messages.isPending || reading) return <Skeleton lines={5} />
  return <Missing />
}
