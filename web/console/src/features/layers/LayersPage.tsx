import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { type ComponentType, useState } from 'react'
import { address } from '../../../../client/http'
import type { LayerAsk, LayerLine, Layers } from '../../../../client/layers'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt } from '../../../../ui/time'
import { workspaceQuery } from '../../layout/catalogue'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { count, layerPeople, layersQuery, type LayersView, share } from './layers'
import { Movement } from './Movement'
import { useWords } from './strings'
import './layers.css'

/** What opens the people behind a number; the route hands it in. */
export type Opens = ComponentType<{ text: string; label: string; of: string; ask: () => Promise<{ found: string }> }>

interface Props {
  view: LayersView
  onView: (view: LayersView) => void
  Opens: Opens
}

/** LayersPage is who is in which layer, why, what each gets, whether it was given, and who moved. */
export function LayersPage({ view, onView, Opens }: Props) {
  const t = useWords()
  const ui = useUiWords()
  const say = useSay()
  const moment = useMoment()
  const { can } = useSession()
  const workspace = useQuery(workspaceQuery).data
  const layers = useQuery(layersQuery(view.programme))
  const v = layers.data
  const programmes = workspace?.programmes ?? []
  return (
    <div className="layers">
      <div className="layers-head">
        <h1 className="page-title">{t('title')}</h1>
        {programmes.length > 1 && (
          <Select
            aria-label={t('programme')}
            value={view.programme ?? v?.programme ?? null}
            popupMatchSelectWidth={false}
            onChange={(programme: string | null) => onView({ programme: programme ?? undefined })}
            options={programmes.map((p) => ({ value: p.key, label: say(p.name) }))}
          />
        )}
        {v && <span className="note">{ui('asOf', { time: formatAt(new Date(v.asOf), moment) })}</span>}
        {layers.isFetching && v && <span className="note">{ui('updating')}</span>}
        {v && v.people > 0 && can.includes('people.export') && <Download className="layers-file" href={address('/api/layers.csv', { programme: v.programme })} />}
      </div>
      {layers.error && !v ? (
        <ErrorBox error={layers.error} onRetry={() => void layers.refetch()} />
      ) : !v ? (
        <Skeleton lines={14} />
      ) : v.items.length === 0 ? (
        <section className="panel">
          <Empty title={t('none')}>{t('noneBody')}</Empty>
        </section>
      ) : v.people === 0 ? (
        <section className="panel">
          <Empty title={t('nobody')}>{t('nobodyBody')}</Empty>
        </section>
      ) : (
        <div className={layers.isPlaceholderData ? 'layers faded' : 'layers'}>
          <p className="note">{t('lead', { name: say(v.name), version: v.version, n: count(v.people) })}</p>
          <section className="panel layers-scroll" aria-label={t('title')}>
            <table className="layers-table">
              <thead>
                <tr>
                  <th scope="col">{t('h_layer')}</th>
                  <th scope="col">{t('h_now')}</th>
                  <th scope="col">{t('h_why')}</th>
                  <th scope="col">{t('h_gets')}</th>
                  <th scope="col">{t('h_given', { n: v.days })}</th>
                </tr>
              </thead>
              <tbody>
                {v.items.map((line) => (
                  <Line key={line.key} line={line} of={v} Opens={Opens} />
                ))}
                <tr>
                  <th scope="row">
                    {t('inNone')}
                    <p className="note">{t('inNoneBody')}</p>
                  </th>
                  <td className="layers-now">
                    <Number n={v.none} label={t('openIn', { name: t('inNone'), n: count(v.none) })} programme={v.programme} ask={{ of: 'none' }} Opens={Opens} />
                    <span className="note">{share(v.none, v.people)}</span>
                  </td>
                  <td colSpan={3} />
                </tr>
              </tbody>
            </table>
          </section>
          <Movement layers={v} week={view.week} onWeek={(week) => onView({ ...view, week })} Opens={Opens} />
        </div>
      )}
    </div>
  )
}

/** Number opens its people; nobody to open is plain text. */
export function Number({ n, text, label, programme, ask, Opens }: { n: number; text?: string; label: string; programme: string; ask: LayerAsk; Opens: Opens }) {
  const shown = text ?? count(n)
  if (n === 0) return <span>{shown}</span>
  return <Opens text={shown} label={label} of={ask.of} ask={() => layerPeople(programme, ask)} />
}

const reasonsShown = 3

function Line({ line, of, Opens }: { line: LayerLine; of: Layers; Opens: Opens }) {
  const t = useWords()
  const say = useSay()
  const [all, setAll] = useState(false)
  const name = say(line.name)
  const reasons = all ? line.reasons : line.reasons.slice(0, reasonsShown)
  const { gets, given } = line
  return (
    <tr>
      <th scope="row">
        {name}
        <p className="note">{say(line.plain)}</p>
      </th>
      <td className="layers-now">
        <Number n={line.people} label={t('openIn', { name, n: count(line.people) })} programme={of.programme} ask={{ of: 'in', layer: line.key }} Opens={Opens} />
        <span className="note">{share(line.people, of.people)}</span>
      </td>
      <td>
        <ul className="layers-why">
          {reasons.map((reason) => (
            <li key={reason.key} title={say(reason.plain)}>
              <span>{say(reason.name)}</span>
              <Number n={reason.people} label={t('reasonOpen', { name, why: say(reason.name), n: count(reason.people) })} programme={of.programme} ask={{ of: 'reason', layer: line.key, reason: reason.key }} Opens={Opens} />
            </li>
          ))}
        </ul>
        {!all && line.reasons.length > reasonsShown && (
          <button type="button" className="link" onClick={() => setAll(true)}>
            {t('moreReasons', { n: line.reasons.length - reasonsShown })}
          </button>
        )}
      </td>
      <td>
        <p>
          <b className="nowrap">{t('every', { n: gets.days })}</b> · <span className="nowrap">{t('by', { who: say(gets.by.text) })}</span> · {gets.channels.map((one) => say(one.text)).join(' / ')}
        </p>
        <p>{say(gets.text)}</p>
        {gets.journeys.length > 0 && <p className="note">{t('journeys', { names: gets.journeys.map((one) => `${say(one.name)} ${count(one.running)}`).join(' · ') })}</p>}
        <p className="note">
          {t('source')}
          <span className="user-text">{gets.source}</span>
          {gets.settingName && ` · ${t('setting', { name: say(gets.settingName) })}`}
        </p>
      </td>
      <td>
        {given.planned === 0 ? (
          <span className="unknown">{t('notDue')}</span>
        ) : (
          <>
            <p>
              <b className="nowrap">{t('kept', { kept: count(given.kept), planned: count(given.planned) })}</b> <span className="nowrap">{share(given.kept, given.planned)}</span>
            </p>
            <span className="layers-bar" aria-hidden="true">
              <i style={{ width: `${(given.kept / given.planned) * 100}%` }} />
            </span>
            <p className="note">{t('keptNote', { done: count(given.done) })}</p>
            {given.behind > 0 ? (
              <Number n={given.behind} text={t('behind', { n: count(given.behind) })} label={t('behindOpen', { name, n: count(given.behind) })} programme={of.programme} ask={{ of: 'behind', layer: line.key }} Opens={Opens} />
            ) : (
              <span className="note">{t('allKept')}</span>
            )}
          </>
        )}
      </td>
    </tr>
  )
}
