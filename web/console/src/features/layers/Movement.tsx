import { Select } from 'antd'
import type { Layers, LayerWeek } from '../../../../client/layers'
import { useSay } from '../../../../ui/i18n'
import { useWidth } from '../../../../ui/useWidth'
import { type Opens, Number } from './LayersPage'
import { count } from './layers'
import { useWords } from './strings'

/** short is 3/16 for 2026-03-16. */
const short = (day: string) => `${+day.slice(5, 7)}/${+day.slice(8)}`

/** stack lays the places of each week on one another, the first layer at the bottom: for each place, low and high per week. */
export function stack(weeks: readonly { people: readonly number[] }[], places: number): [number, number][][] {
  return Array.from({ length: places }, (_, place) =>
    weeks.map(({ people }) => {
      const low = people.slice(0, place).reduce((sum, n) => sum + n, 0)
      return [low, low + (people[place] ?? 0)]
    }),
  )
}

/** Movement is how many were in each layer at each week's end, and of one week who came from where. */
export function Movement({ layers, week, onWeek, Opens }: { layers: Layers; week?: string; onWeek: (week: string | undefined) => void; Opens: Opens }) {
  const t = useWords()
  const last = layers.weeks.at(-1)
  const chosen = layers.weeks.find(({ from }) => from === week) ?? last
  if (!last || !chosen) return null
  return (
    <section className="panel layers-move" aria-label={t('move')}>
      <h2>{t('move')}</h2>
      <Area layers={layers} chosen={chosen} onWeek={onWeek} />
      <div className="layers-week">
        <h3>{t('tableTitle')}</h3>
        <Select
          aria-label={t('week')}
          value={chosen.from}
          popupMatchSelectWidth={false}
          onChange={(from: string) => onWeek(from === last.from ? undefined : from)}
          options={[...layers.weeks].reverse().map((one) => ({ value: one.from, label: one === last ? t('weekNow', { from: short(one.from) }) : t('weekOf', { from: short(one.from), to: short(one.to) }) }))}
        />
      </div>
      <Table layers={layers} week={chosen} Opens={Opens} />
    </section>
  )
}

function Area({ layers, chosen, onWeek }: { layers: Layers; chosen: LayerWeek; onWeek: (week: string | undefined) => void }) {
  const t = useWords()
  const say = useSay()
  const [box, width] = useWidth<HTMLDivElement>(900)
  const { weeks, items } = layers
  const names = [...items.map(({ name }) => say(name)), t('inNone')]
  const bands = stack(weeks, names.length)
  const top = Math.max(1, ...weeks.map(({ people }) => people.slice(0, names.length).reduce((sum, n) => sum + n, 0)))
  const left = 52
  const right = width - 128
  const upper = 28
  const lower = 176
  const step = (right - left) / Math.max(1, weeks.length - 1)
  const x = (i: number) => left + i * step
  const y = (n: number) => lower - (n / top) * (lower - upper)
  const at = weeks.indexOf(chosen)
  const first = weeks[0]?.people[0] ?? 0
  const now = weeks.at(-1)?.people[0] ?? 0
  const says = t(first === now ? 'moveSaysSame' : 'moveSays', { weeks: weeks.length, first: names[0] ?? '', from: count(first), to: count(now) })
  const every = Math.max(1, Math.ceil(weeks.length / Math.max(2, Math.floor((right - left) / 60))))
  const labels = spread(names.map((_, place) => {
    const [low, high] = bands[place]?.at(-1) ?? [0, 0]
    return { place, at: (y(low) + y(high)) / 2, n: high - low }
  }))
  return (
    <figure className="layers-area">
      <figcaption>{says}</figcaption>
      <div ref={box}>
        <svg width={width} height={202} viewBox={`0 0 ${width} 202`} role="img" aria-label={says}>
          <text x={0} y={10}>
            {t('unit')}
          </text>
          {[0, top].map((n) => (
            <g key={n}>
              <line className="layers-grid" x1={left} x2={right} y1={y(n)} y2={y(n)} />
              <text x={left - 6} y={y(n) + 4} textAnchor="end">
                {count(n)}
              </text>
            </g>
          ))}
          {bands.map((band, place) => (
            <path key={place} className={`layers-band layers-band-${Math.min(place, 3)}${place === names.length - 1 ? ' layers-band-none' : ''}`} d={`${band.map(([, high], i) => `${i ? 'L' : 'M'}${x(i).toFixed(1)} ${y(high).toFixed(1)}`).join('')}${[...band].reverse().map(([low], i) => `L${x(band.length - 1 - i).toFixed(1)} ${y(low).toFixed(1)}`).join('')}Z`} />
          ))}
          <line className="layers-at" x1={x(at)} x2={x(at)} y1={upper - 4} y2={lower} />
          {labels.map(({ place, at: height, n }) => (
            <text key={place} x={right + 8} y={height + 4}>
              {names[place]} {count(n)}
            </text>
          ))}
          {weeks.map(({ from }, i) =>
            (weeks.length - 1 - i) % every === 0 ? (
              <text key={from} x={x(i)} y={196} textAnchor="middle">
                {short(from)}
              </text>
            ) : null,
          )}
          {weeks.map((one, i) => (
            <rect key={one.from} className="layers-hit" x={x(i) - step / 2} width={Math.max(1, step)} y={upper} height={lower - upper} onClick={() => onWeek(i === weeks.length - 1 ? undefined : one.from)}>
              <title>{`${short(one.from)}–${short(one.to)}: ${names.map((name, place) => `${name} ${count(one.people[place] ?? 0)}`).join(', ')}`}</title>
            </rect>
          ))}
        </svg>
      </div>
    </figure>
  )
}

/** spread keeps names that would lie on one another a line apart, in their order from the top. */
export function spread<T extends { at: number }>(labels: readonly T[]): T[] {
  const sorted = [...labels].sort((a, b) => a.at - b.at)
  const out: T[] = []
  for (const label of sorted) {
    const before = out.at(-1)
    out.push({ ...label, at: before ? Math.max(label.at, before.at + 15) : Math.max(12, label.at) })
  }
  const over = (out.at(-1)?.at ?? 0) - 178
  return over > 0 ? out.map((label) => ({ ...label, at: label.at - over })) : out
}

function Table({ layers, week, Opens }: { layers: Layers; week: LayerWeek; Opens: Opens }) {
  const t = useWords()
  const say = useSay()
  const places = [...layers.items.map(({ key, name }) => ({ key, name: say(name) })), { key: 'none', name: t('inNone') }]
  const rows = [...places, { key: 'joined', name: t('joined') }]
  const moved = (from: string, to: string) => week.moves.find((one) => one.from === from && one.to === to)?.people ?? 0
  // Who did not move: those at the week's end, less those who came.
  const stayed = (at: number, key: string) => (week.people[at] ?? 0) - rows.reduce((sum, row) => (row.key === key ? sum : sum + moved(row.key, key)), 0)
  const joined = places.reduce((sum, { key }) => sum + moved('joined', key), 0)
  const changed = week.moves.reduce((sum, one) => sum + one.people, 0) - joined
  return (
    <>
      <p className="note">{changed + joined === 0 ? t('noMoves') : t('moved', { n: count(changed), m: count(joined) })}</p>
      <div className="layers-scroll">
        <table className="layers-moves">
          <thead>
            <tr>
              <th scope="col">
                {t('from')} \ {t('to')}
              </th>
              {places.map(({ key, name }) => (
                <th key={key} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">{row.name}</th>
                {places.map(({ key, name }, at) =>
                  row.key === key ? (
                    <td key={key} className="layers-stayed">
                      {count(stayed(at, key))} <span className="note">{t('stayed')}</span>
                    </td>
                  ) : (
                    <td key={key}>
                      {moved(row.key, key) === 0 ? <span className="unknown">0</span> : <Number n={moved(row.key, key)} label={t('moveOpen', { from: row.name, to: name, n: count(moved(row.key, key)) })} programme={layers.programme} ask={{ of: 'moved', week: week.from, from: row.key, to: key }} Opens={Opens} />}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('total')}</th>
              {places.map(({ key, name }, at) => (
                <td key={key}>
                  <Number n={week.people[at] ?? 0} label={t('endOpen', { name, n: count(week.people[at] ?? 0) })} programme={layers.programme} ask={{ of: 'end', week: week.from, layer: key }} Opens={Opens} />
                </td>
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
    </>
  )
}
