import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { get, newKey, OfflineError, post } from '../../../../client/http'
import type { MyReferral } from '../../../../client/referrals'
import { useSay, words } from '../../../../ui/i18n'

const useReferralWords = words('my-referral', {
  zh: { title: '转诊', agree: '我同意', decline: '我不愿意', failed: '没有保存，请再按一次', offline: '没有网络，没有存上。有网络后再按一次' },
  en: { title: 'Referral', agree: 'I agree', decline: 'I decline', failed: 'Not stored; please press again', offline: 'No network, not stored. Press again later' },
})

const key = ['me', 'referrals'] as const

/** MyReferrals asks before the other side learns anything, and tells how a referral stands. Nothing is shown when there is none. */
export function MyReferrals() {
  const t = useReferralWords()
  const say = useSay()
  const client = useQueryClient()
  const mine = useQuery({ queryKey: key, queryFn: ({ signal }) => get<{ items: MyReferral[] }>('/api/me/referrals', { signal }) })
  const answer = useMutation({
    mutationFn: (body: { referral: string; agree: boolean }) => post<{ items: MyReferral[] }>('/api/me/referrals/answer', body, { idempotencyKey: newKey() }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
  return (mine.data?.items ?? []).map((one) => (
    <section key={one.id} className="card stack" aria-label={t('title')}>
      <h2>{t('title')}</h2>
      <p>{say(one.name)}</p>
      {one.asks ? (
        <>
          <p>{say(one.text)}</p>
          <div className="pair">
            <button type="button" className="main-button" aria-disabled={answer.isPending} onClick={() => !answer.isPending && answer.mutate({ referral: one.id, agree: true })}>
              {t('agree')}
            </button>
            <button type="button" className="plain-button" aria-disabled={answer.isPending} onClick={() => !answer.isPending && answer.mutate({ referral: one.id, agree: false })}>
              {t('decline')}
            </button>
          </div>
        </>
      ) : (
        <p className="soft">{say(one.status)}</p>
      )}
      {answer.error && (
        <p className="field-error" role="alert">
          {t(answer.error instanceof OfflineError ? 'offline' : 'failed')}
        </p>
      )}
    </section>
  ))
}
