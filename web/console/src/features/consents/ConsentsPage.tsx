import { useQuery } from '@tanstack/react-query'
import { Drawer, Tabs } from 'antd'
import type { ComponentType } from 'react'
import type { ConsentCoverage, ConsentState } from '../../../../client/consents'
import { Body } from '../../../../ui/Body'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { consentPeople, type ConsentsView, count, coverageQuery, share, states } from './consents'
import { Caps } from './Caps'
import { StopWords } from './StopWords'
import { useWords } from './strings'
import './consents.css'

/** What opens the people behind a number; the route hands it in. */
export type Opens = ComponentType<{ text: string; label: string; of: string; ask: () => Promise<{ found: string }> }>

interface Props {
  view: ConsentsView
  onView: (view: ConsentsView) => void
  Opens: Opens
}

/** ConsentsPage is who agreed to what, by purpose, the words by which people opt out, and how many messages they get. */
export function ConsentsPage({ view, onView, Opens }: Props) {
  const t = useWords()
  return (
    <div className="consents">
      <h1 className="page-title">{t('title')}</h1>
      <Tabs
        activeKey={view.page ?? 'people'}
        onChange={(page) => onView({ page: page === 'words' || page === 'caps' ? page : undefined })}
        items={[
          { key: 'people', label: t('page_people') },
          { key: 'words', label: t('page_words') },
          { key: 'caps', label: t('page_caps') },
        ]}
      />
      {view.page === 'words' ? <StopWords /> : view.page === 'caps' ? <Caps /> : <Coverage view={view} onView={onView} Opens={Opens} />}
    </div>
  )
}

function Coverage({ view, onView, Opens }: Props) {
  const t = useWords()
  const say = useSay()
  const all = useQuery(coverageQuery)
  if (all.error && !all.data) return <ErrorBox error={all.error} onRetry={() => void all.refetch()} />
  if (!all.data) return <Skeleton lines={12} />
  const open = all.data.items.find((one) => one.purpose === view.purpose)
  if (all.data.items.every((one) => one.people === 0 && one.texts.length === 0)) return <Empty title={t('none')}>{t('noneBody')}</Empty>
  return (
    <>
      <p className="note">{t('lead')}</p>
      <section className="panel consents-scroll" aria-label={t('page_people')}>
        <table className="consents-table">
          <thead>
            <tr>
              <th scope="col">{t('h_purpose')}</th>
              <th scope="col">{t('h_text')}</th>
              <th scope="col">{t('h_people')}</th>
              {states.map((state) => (
                <th key={state} scope="col">
                  {t(`h_${state}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.data.items.map((one) => (
              <Line key={one.purpose} one={one} onText={() => onView({ purpose: one.purpose })} Opens={Opens} />
            ))}
          </tbody>
        </table>
      </section>
      <Drawer open={open !== undefined} onClose={() => onView({})} title={open && t('textsOf', { name: say(open.name) })} size={620} destroyOnHidden>
        {open && <Texts one={open} />}
      </Drawer>
    </>
  )
}

function Line({ one, onText, Opens }: { one: ConsentCoverage; onText: () => void; Opens: Opens }) {
  const t = useWords()
  const say = useSay()
  const [first] = one.texts
  const dash = first ? '–' : '' // there is a text, and nobody here is asked it
  const number = (state: ConsentState) => {
    const n = one[state]
    if (one.people === 0) return <td key={state} className="unknown">{dash}</td>
    return (
      <td key={state} className={state === 'outdated' && n > 0 ? 'consents-waits' : undefined}>
        {n === 0 ? '0' : <Opens text={count(n)} label={t('open', { what: `${say(one.name)}，${t(`h_${state}`)}`, n: count(n) })} of={state} ask={() => consentPeople(one.purpose, state)} />}
        <span className="note consents-share">{n > 0 && share(n, one.people)}</span>
      </td>
    )
  }
  return (
    <tr>
      <th scope="row">
        {say(one.name)} {one.texts.some((text) => text.required) && <span className="badge">{t('required')}</span>}
      </th>
      <td className="consents-text">
        {first ? (
          <>
            <button type="button" className="link" onClick={onText}>
              {one.texts.length > 1 ? t('versions', { n: one.texts.length }) : t('version', { version: first.version })}
            </button>{' '}
            {one.texts.some((text) => text.sample) && <span className="note">{t('sample')}</span>}
          </>
        ) : (
          <span className="unknown">{t('noText')}</span>
        )}
      </td>
      <td className={one.people === 0 ? 'unknown' : undefined}>{one.people === 0 ? dash : count(one.people)}</td>
      {states.map(number)}
    </tr>
  )
}

function Texts({ one }: { one: ConsentCoverage }) {
  const t = useWords()
  const say = useSay()
  return one.texts.map((text) => (
    <article key={`${text.programmes[0]?.key} ${text.version}`} className="consents-one">
      <h2>
        {say(text.title)} {text.required && <span className="badge">{t('required')}</span>}
      </h2>
      <p className="note">
        {t('version', { version: text.version })} · {text.by ? t('approved', { by: text.by }) : t('sample')} · {t('usedIn', { programmes: text.programmes.map((p) => say(p.name)).join(t('and')) })}
      </p>
      <h3>{t('why')}</h3>
      <p>{say(text.necessity)}</p>
      <h3>{t('impact')}</h3>
      <p>{say(text.impact)}</p>
      <Body text={say(text.body)} />
    </article>
  ))
}
