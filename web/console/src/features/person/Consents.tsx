import { queryOptions, useQuery } from '@tanstack/react-query'
import { Modal } from 'antd'
import type { ConsentRecord, ConsentWord } from '../../../../client/consents'
import { get } from '../../../../client/http'
import type { List, Person } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useConsentWords } from './consentWords'

const consentsQuery = (id: string) => queryOptions({ queryKey: ['person', id, 'consents'] as const, queryFn: ({ signal }) => get<List<ConsentRecord>>(`/api/people/${id}/consents`, { signal }) })

/** ConsentsModal is everything a person said about each purpose: which text, when, by which way, what proves it, who decided for a child. */
export function ConsentsModal({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useConsentWords()
  const say = useSay()
  const all = useQuery(consentsQuery(person.id))
  const shown = all.data?.items.filter((one) => one.asked || one.said.length > 0)
  const rest = all.data?.items.filter((one) => !one.asked && one.said.length === 0) ?? []
  return (
    <Modal open title={t('title', { name: person.name })} footer={null} onCancel={onClose} width={760} destroyOnHidden>
      {all.error ? (
        <ErrorBox error={all.error} onRetry={() => void all.refetch()} />
      ) : !shown ? (
        <Skeleton lines={8} />
      ) : (
        <>
          {shown.map((one) => (
            <section key={one.purpose} className="said" aria-label={say(one.name)}>
              <h3>
                {say(one.name)} {one.required && <span className="badge">{t('required')}</span>} <span className={one.state === 'outdated' ? 'late' : 'note'}>{t(`s_${one.state}`)}</span>
              </h3>
              {one.state === 'outdated' && <p className="note">{t(one.purpose === 'basic_service' ? 'stopsService' : 'stops')}</p>}
              {one.said.length > 0 && (
                <ol className="plain">
                  {one.said.map((word) => (
                    <Said key={word.at} word={word} />
                  ))}
                </ol>
              )}
            </section>
          ))}
          {rest.length > 0 && <p className="note">{t('rest', { names: rest.map((one) => say(one.name)).join(t('and')) })}</p>}
        </>
      )}
    </Modal>
  )
}

const bases = ['phone', 'paper', 'recorded_call', 'import', 'chat', 'join'] as const

function Said({ word }: { word: ConsentWord }) {
  const t = useConsentWords()
  const moment = useMoment()
  const basis = bases.find((one) => one === word.basis)
  return (
    <li>
      <time dateTime={word.at} className="nowrap">
        {formatAt(new Date(word.at), moment)}
      </time>{' '}
      <b>{t(word.granted ? 'yes' : 'no')}</b> {t('version', { version: word.textVersion.replace(/#[0-9a-f]+/g, '') })}
      {basis && <span> · {t(`b_${basis}`)}</span>}
      {word.guardian && <span> · {t('guardian', { name: word.guardian.name })}</span>}
      {word.withdrawnAt && <span> · {t('ended', { at: formatAt(new Date(word.withdrawnAt), moment) })}</span>}
      {word.proof && <span className="note said-proof">{t('proof', { proof: word.proof })}</span>}
    </li>
  )
}
