import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Draft } from '../../../../../client/rules'
import { draftQuery } from '../tags'

/** useSave sends one change of a draft, and tells onSaved what was sent: what was typed meanwhile is not saved yet; the answer is the draft as it is now, and what was read of it is asked for again. */
export function useSave<V>(programme: string, send: (value: V, revision: number) => Promise<Draft>, onSaved?: (value: V) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (value: V) => send(value, client.getQueryData(draftQuery(programme).queryKey)?.revision ?? 0),
    onSuccess: async (draft, value) => {
      client.setQueryData(draftQuery(programme).queryKey, draft)
      await client.invalidateQueries({ queryKey: ['draft', programme], predicate: ({ queryKey }) => queryKey[2] !== 'state' && queryKey[2] !== 'preview' })
      void client.invalidateQueries({ queryKey: ['tags', 'desk'] })
      onSaved?.(value)
    },
  })
}
