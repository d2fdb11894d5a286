import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import type { MessageProof, ProofDecision } from '../../../../client/consents'
import { get } from '../../../../client/http'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { clockIn, dateIn } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useWords } from './strings'
import './proof.css'

const path = (id: string) => `/api/messages/${encodeURIComponent(id)}/proof`

const proofQuery = (id: string) => queryOptions({ queryKey: ['proof', id] as const, queryFn: ({ signal }) => get<MessageProof>(path(id), { signal }) })

/** stamp is a moment as a document has it: the page may be read in another year. */
const stamp = (time: string | undefined, zone: string): string => (time ? `${dateIn(new Date(time), zone)} ${clockIn(new Date(time), zone)}` : '')

/** ProofPage is one send found again and compared with its record, on one page that can be printed. */
export function ProofPage({ id }: { id: string }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const proof = useQuery(proofQuery(id))
  if (proof.error) return <ErrorBox error={proof.error} onRetry={() => void proof.refetch()} />
  if (!proof.data) return <Skeleton lines={16} />
  const { page, same } = proof.data
  const at = (time: string | undefined) => stamp(time, moment.zone)
  const known = ['queued', 'held', 'sending', 'sent', 'suppressed', 'dead'] as const
  const state = known.find((one) => one === page.state)
  return (
    <article className="proof" aria-label={t('title')}>
      <header className="proof-head">
        <h1 className="page-title">{t('title')}</h1>
        <span className="proof-acts">
          <Link to="/people/$id" params={{ id: page.person.id }} search={{ tab: 'messages' }}>
            {t('back', { name: page.person.name })}
          </Link>
          <a href={path(id)} download={`proof-${id}.json`} title={t('fileHint')}>
            {t('file')}
          </a>
          <Button onClick={() => window.print()}>{t('print')}</Button>
        </span>
      </header>
      <p className={same ? 'proof-verdict' : 'proof-verdict proof-differs'} role={same ? undefined : 'alert'}>
        <b>{same ? `✓ ${t('same')}` : `✗ ${t('differs')}`}</b>
        {page.differs.map((one) => (
          <span key={one.en}>{say(one)}</span>
        ))}
        <span className="note">{t('lead')}</span>
      </p>
      <dl className="proof-facts">
        <Fact name={t('person')}>{page.person.name}</Fact>
        <Fact name={t('message')}>
          <b>{say(page.title)}</b>
          <span className="user-text proof-body">{say(page.body)}</span>
        </Fact>
        <Fact name={t('state')}>
          {state ? t(`m_${state}`) : page.state} {page.reason && say(page.reason)}
        </Fact>
        {page.sent && <Fact name={t('sentAt')}>{at(page.sent)}</Fact>}
        <Fact name={t('made')}>{at(page.made)}</Fact>
      </dl>
      <section>
        <h2>{t('rule')}</h2>
        <dl className="proof-facts">
          {page.programme && <Fact name={t('programme')}>{say(page.programme.name)}</Fact>}
          {page.journey && (
            <Fact name={t('journey')}>
              {say(page.journey.name)} <span className="note">{t('version', { version: page.version ?? '', step: page.step ?? '' })}</span>
            </Fact>
          )}
          <Fact name="">{page.asked === undefined ? t('human') : t(page.asked ? 'asked' : 'notAsked')}</Fact>
        </dl>
      </section>
      <section>
        <h2>{t('text')}</h2>
        <dl className="proof-facts">
          <Fact name={t('recorded')}>
            {t('textVersion', { version: page.text ?? '' })} <span className="note">{page.content}</span>
          </Fact>
          {page.inForce && <Fact name={t('inForce')}>{t('textVersion', { version: page.inForce })}</Fact>}
          <Fact name={t('approved')}>{page.approvedBy || t('sample')}</Fact>
        </dl>
      </section>
      <section>
        <h2>{t('consents')}</h2>
        {page.consents.length === 0 ? (
          <p className="unknown">{t('noConsents')}</p>
        ) : (
          <table className="proof-table">
            <thead>
              <tr>
                {(['h_purpose', 'h_said', 'h_version', 'h_at'] as const).map((word) => (
                  <th key={word} scope="col">
                    {t(word)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {page.consents.map((one) => (
                <tr key={one.name.en}>
                  <th scope="row">{say(one.name)}</th>
                  <td>
                    {t(one.given ? 'given' : 'notGiven')} {one.outdated && <b>{t('outdated')}</b>}
                  </td>
                  <td className="proof-code">{one.version}</td>
                  <td className="nowrap">{at(one.at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      <section>
        <h2>{t('decisions')}</h2>
        {page.decisions.length === 0 ? <p className="unknown">{t('noDecisions')}</p> : <Decisions all={page.decisions} zone={moment.zone} />}
        {page.taken.length > 0 && (
          <p className="note">
            {t('taken')}
            {page.taken.map(say).join(t('and'))}
          </p>
        )}
      </section>
      <section>
        <h2>{t('signature')}</h2>
        <p className="note">{t('signed', { algorithm: proof.data.algorithm, key: proof.data.keyVersion })}</p>
        <p className="proof-code">{proof.data.signature}</p>
      </section>
    </article>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Decisions({ all, zone }: { all: ProofDecision[]; zone: string }) {
  const t = useWords()
  const say = useSay()
  return (
    <table className="proof-table">
      <thead>
        <tr>
          {(['h_at', 'h_record', 'h_found', 'h_same'] as const).map((word) => (
            <th key={word} scope="col">
              {t(word)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {all.map((one) => (
          <tr key={one.at}>
            <th scope="row" className="nowrap">
              {stamp(one.at, zone)}
            </th>
            <td>
              {say(one.recorded)}
              {one.checks.length > 0 && (
                <span className="note proof-checks">
                  {t('checks')}{' '}
                  {one.checks.map((check) => (
                    <span key={check.text.en} className="nowrap">
                      {say(check.text)} {check.ok ? <span aria-label={t('ok')}>✓</span> : <b>✗ {t('stopped')}</b>}
                    </span>
                  ))}
                </span>
              )}
            </td>
            <td className="proof-found">{say(one.found)}</td>
            <td className="nowrap">{one.same ? t('yes') : <b>{t('no')}</b>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
