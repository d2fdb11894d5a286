import { useQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import type { Change, ChangeMark, ChangeSide } from '../../../../../client/change'
import { useSay } from '../../../../../ui/i18n'
import { short } from '../../../../../ui/sheet/parts'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { formatDay } from '../../../../../ui/time'
import { unit, useMoment } from '../../../layout/now'
import type { At } from '../person'
import { changeQuery } from './query'
import { useWords } from './words'

const spans = [7, 14, 28]

/** Around compares the days before an event with the days after it, with counts, and says that this is an association. */
export function Around({ id, at, mark, onClose }: { id: string; at?: At; mark: ChangeMark; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const [days, setDays] = useState(14)
  const change = useQuery(changeQuery(id, mark.id, days, at))
  return (
    <div className="around" role="region" aria-label={t('around', { what: say(mark.text), at: formatDay(new Date(mark.at), moment) })}>
      <div className="panel-head">
        <h3 className="user-text">{t('around', { what: say(mark.text), at: formatDay(new Date(mark.at), moment) })}</h3>
        <label className="around-days">
          {t('each')} <Segmented<number> aria-label={t('each')} value={days} onChange={setDays} options={spans.map((n) => ({ value: n, label: t('spanDays', { n }) }))} />
        </label>
        <Button size="small" onClick={onClose}>
          {t('close')}
        </Button>
      </div>
      {change.error ? <ErrorBox error={change.error} onRetry={() => void change.refetch()} /> : !change.data ? <Skeleton lines={5} /> : <Compared change={change.data} />}
    </div>
  )
}

export function Compared({ change }: { change: Change }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const { before, after, slots } = change
  const share = (side: ChangeSide) => (side.inTarget ? t('share2', { n: side.inTarget.n, of: side.inTarget.of }) : t('none'))
  return (
    <>
      {change.daysLeft > 0 && <p className="file-notice">{t('daysLeft', { days: change.days, n: change.daysLeft })}</p>}
      {slots.length === 0 ? (
        change.measures.length === 0 && <p className="unknown">{t('noneAround')}</p>
      ) : (
        <>
          {!change.enough && <p className="unknown">{t('tooLittle')}</p>}
          <table className="around-table">
            <thead>
              <tr>
                <th scope="col">
                  {t('slot')} <span className="value-unit">{unit}</span>
                </th>
                <th scope="col">
                  {t('before')} <span className="note nowrap">{`${short(before.from)} – ${short(before.to)}`}</span>
                </th>
                <th scope="col">
                  {t('after')} <span className="note nowrap">{`${short(after.from)} – ${short(after.to)}`}</span>
                </th>
                <th scope="col">{t('change')}</th>
              </tr>
            </thead>
            <tbody>
              {slots.map((one) => (
                <tr key={one.context}>
                  <th scope="row">{say(one.name)}</th>
                  <Side side={one.before} />
                  <Side side={one.after} />
                  <td className={one.by === undefined ? 'unknown' : undefined}>{say(one.text)}</td>
                </tr>
              ))}
              <tr>
                <th scope="row">{t('ofAll')}</th>
                <td>
                  {t('inTarget')} {share(before)}
                </td>
                <td>
                  {t('inTarget')} {share(after)}
                </td>
                <td />
              </tr>
            </tbody>
          </table>
        </>
      )}
      {change.measures.length > 0 && (
        <table className="around-table">
          <thead>
            <tr>
              <th scope="col">{t('measured')}</th>
              <th scope="col">{t('before')}</th>
              <th scope="col">{t('after')}</th>
              <th scope="col">{t('change')}</th>
            </tr>
          </thead>
          <tbody>
            {change.measures.map((one) => (
              <tr key={one.key}>
                <th scope="row">
                  {say(one.name)} <span className="value-unit">{one.unit}</span>
                </th>
                {[one.before, one.after].map((side, i) => (
                  <td key={i}>
                    {side.show && <b>{side.show}</b>} <span className="note">n={side.n}</span>
                  </td>
                ))}
                <td className={one.enough ? undefined : 'unknown'}>{say(one.text)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="around-caution">
        {say(change.caution)} {t('dayOut')}
      </p>
      {change.others.length > 0 && (
        <p className="file-2">
          {t('others')}
          {': '}
          <span className="user-text">
            {change.others
              .slice(0, 8)
              .map((one) => `${formatDay(new Date(one.at), moment)} ${say(one.text)}`)
              .join(' · ')}
          </span>
        </p>
      )}
    </>
  )
}

/** A mean stands with its count; without a mean the count stands alone. */
function Side({ side }: { side: ChangeSide }) {
  return (
    <td>
      {side.mean !== undefined && <b>{side.mean.toFixed(1)}</b>} <span className="note">n={side.n}</span>
    </td>
  )
}
