import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useState } from 'react'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { balanceQuery } from '../../layout/owners'
import { useSession } from '../session/session'
import { Absences } from './Absences'
import { Board, type Opens } from './Board'
import { Handovers } from './Handovers'
import { type OwnersView, type Tab, tabs } from './owners'
import { Rules } from './Rules'
import { useWords } from './strings'
import './owners.css'

interface Props {
  view: OwnersView
  onView: (view: OwnersView) => void
  Opens: Opens
}

/** OwnersPage is who looks after whom: the board, hand-overs, absences and the rules for new people. */
export function OwnersPage({ view, onView, Opens }: Props) {
  const t = useWords()
  const ui = useUiWords()
  const moment = useMoment()
  const { can } = useSession()
  const board = useQuery(balanceQuery)
  const manages = can.includes('people.assign')
  const shown = manages ? tabs : (['board', 'absence'] as const)
  const tab: Tab = shown.find((one) => one === view.part) ?? 'board'
  const [from, setFrom] = useState<string>()
  const v = board.data
  return (
    <div className="owners">
      <div className="owners-head">
        <h1 className="page-title">{t('title')}</h1>
        <Segmented<Tab> aria-label={t('title')} value={tab} onChange={(next) => onView({ part: next === 'board' ? undefined : next })} options={shown.map((one) => ({ value: one, label: t(`t_${one}`) }))} />
        {v && <span className="note">{ui('asOf', { time: formatAt(new Date(v.asOf), moment) })}</span>}
        {board.isFetching && v && <span className="note">{ui('updating')}</span>}
        <Link to="/learn" search={{ course: undefined }} className="owners-learn">
          {t('learn')}
        </Link>
        {tab === 'board' && v && can.includes('people.export') && <Download className="owners-file" href="/api/owners.csv" />}
      </div>
      {board.error && !v ? (
        <ErrorBox error={board.error} onRetry={() => void board.refetch()} />
      ) : !v ? (
        <Skeleton lines={14} />
      ) : tab === 'board' ? (
        <Board
          board={v}
          manages={manages}
          Opens={Opens}
          onHand={(id) => {
            setFrom(id)
            onView({ part: 'handover' })
          }}
        />
      ) : tab === 'handover' ? (
        <Handovers board={v} from={from} number={view.number} onNumber={(number) => onView({ part: 'handover', number })} />
      ) : tab === 'absence' ? (
        <Absences board={v} />
      ) : (
        <Rules board={v} />
      )}
    </div>
  )
}
