import { useQuery } from '@tanstack/react-query'
import { Drawer } from 'antd'
import type { ReactNode } from 'react'
import type { Why } from '../../../client/types'
import { ErrorBox, Skeleton } from '../../../ui/states'
import { useUiWords } from '../../../ui/strings'
import { WhyPanel } from '../../../ui/WhyPanel'
import { unit, useMoment } from './now'

/** A question and how to ask it: each feature knows its own. */
export interface WhyQuery {
  queryKey: readonly unknown[]
  queryFn: (context: { signal: AbortSignal }) => Promise<Why>
  /** The tag it is about, which has a history of its own. */
  tag?: string
  /** Whose rule it is. */
  programme?: string
}

/** WhyDrawer answers "why?" beside the screen that was asked; undefined keeps it shut. */
export function WhyDrawer({ query, onClose, children }: { query: WhyQuery | undefined; onClose: () => void; children?: ReactNode }) {
  const t = useUiWords()
  return (
    <Drawer open={query !== undefined} onClose={onClose} title={t('why')} size={480} destroyOnHidden>
      {query && <Answer query={query} />}
      {children}
    </Drawer>
  )
}

function Answer({ query }: { query: WhyQuery }) {
  const moment = useMoment()
  const why = useQuery(query)
  if (why.data) return <WhyPanel why={why.data} unit={unit} zone={moment.zone} now={moment.now} />
  if (why.error) return <ErrorBox error={why.error} onRetry={() => void why.refetch()} />
  return <Skeleton lines={6} />
}
