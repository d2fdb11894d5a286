import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MyInvitation } from '../../../../client/channels'
import { get, newKey, post } from '../../../../client/http'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { Page } from '../../parts/Page'
import { useInviteWords } from './strings'

const path = '/api/me/invitation'
const key = ['me', 'invitation'] as const

/** Invite shows my own code and what came of it. */
export function Invite() {
  const t = useInviteWords()
  const client = useQueryClient()
  const mine = useQuery({ queryKey: key, queryFn: ({ signal }) => get<MyInvitation>(path, { signal }) })
  const make = useMutation({ mutationFn: () => post<MyInvitation>(path, {}, { idempotencyKey: newKey() }), onSuccess: (made) => client.setQueryData(key, made) })
  const [copied, setCopied] = useState(false)
  const one = mine.data
  return (
    <Page title={t('title')} back="/me">
      <p>{t('lead')}</p>
      {mine.error && <ErrorBox error={mine.error} onRetry={() => void mine.refetch()} />}
      {make.error && <ErrorBox error={make.error} />}
      {!one ? (
        !mine.error && <Skeleton lines={6} />
      ) : (
        <>
          {one.url && one.qr ? (
            <section className="card lone-card">
              <img src={one.qr} alt={t('qr')} width={240} height={240} />
              {navigator.clipboard && (
                <button type="button" className="plain-button" onClick={() => void navigator.clipboard.writeText(one.url ?? '').then(() => setCopied(true))}>
                  {t(copied ? 'copied' : 'copy')}
                </button>
              )}
            </section>
          ) : (
            <button type="button" className="main-button" aria-disabled={make.isPending} onClick={() => !make.isPending && make.mutate()}>
              {t(make.isPending ? 'making' : 'make')}
            </button>
          )}
          <section className="card">
            <p>{one.brought > 0 ? t('brought', { n: one.brought, m: one.activated }) : t('none')}</p>
            {one.points > 0 && <p>{t('points', { n: one.points })}</p>}
            <p className="soft">{one.each > 0 ? t('rule', { each: one.each, day: one.perDay, month: one.perMonth, total: one.inTotal }) : t('noPoints')}</p>
          </section>
        </>
      )}
    </Page>
  )
}
