import { Link } from '@tanstack/react-router'
import type { Figures } from '../../../../client/channels'
import { share, yuan } from './channels'
import { useWords } from './strings'

export interface Reach {
  channel: string
  reached: 'arrived' | 'settled' | 'activated' | 'kept'
  cameFrom?: string
  cameTo?: string
}

/** People is a number that opens the people it counts. */
export function People({ n, to }: { n: number; to?: Reach }) {
  const t = useWords()
  if (!to || n === 0) return <>{n.toLocaleString('en-US')}</>
  return (
    <Link to="/people" search={{ ...to }} title={t('openPeople')}>
      {n.toLocaleString('en-US')}
    </Link>
  )
}

/** Money is an amount, or that nobody knows it. */
export function Money({ fen }: { fen?: number }) {
  const t = useWords()
  return fen === undefined ? <span className="unknown">{t('notKnown')}</span> : <>{t('yuan', { n: yuan(fen) })}</>
}

/** Cells are the figures of a row, from opened to what each kept person cost. */
export function Cells({ f, of, from, to }: { f: Figures; of?: string; from?: string; to?: string }) {
  const t = useWords()
  const reach = (reached: Reach['reached']): Reach | undefined => (of ? { channel: of, reached, cameFrom: from, cameTo: to } : undefined)
  return (
    <>
      <td className="num">
        {f.opened.toLocaleString('en-US')}
        {f.late > 0 && <p className="note">{t('late', { n: f.late })}</p>}
      </td>
      <td className="num">
        <People n={f.arrived} to={reach('arrived')} />
      </td>
      <td className="num">
        <People n={f.settled} to={reach('settled')} />
      </td>
      <td className="num">{f.activated === undefined ? <span className="unknown">{t('notKnown')}</span> : <People n={f.activated} to={reach('activated')} />}</td>
      <td className="num">
        {f.kept === undefined ? (
          <span className="unknown">{t(f.settled > 0 ? 'notYet' : 'notKnown')}</span>
        ) : (
          <>
            <People n={f.kept} to={reach('kept')} /> <span className="note">{share(f.kept, f.keptOf)}</span>
          </>
        )}
      </td>
      <td className="num">
        <Money fen={f.fen} />
      </td>
      <td className="num">
        <Money fen={f.perSettled} />
      </td>
      <td className="num">
        <Money fen={f.perActivated} />
      </td>
      <td className="num">
        <Money fen={f.perKept} />
      </td>
    </>
  )
}

export const heads = ['h_opened', 'h_arrived', 'h_settled', 'h_activated', 'h_kept', 'h_fen', 'h_per', 'h_perActive', 'h_perKept'] as const
