import { Link, useNavigate } from '@tanstack/react-router'
import { App as Antd, Button } from 'antd'
import { useState } from 'react'
import { useSession } from '../session/session'
import { ClockMoves } from './ClockMoves'
import { enter } from './spaces'
import { useWords } from './strings'
import './rehearsals.css'

/** SpaceBar says on every screen that one is in a rehearsal, and has its clock and the way back. */
export function SpaceBar() {
  const t = useWords()
  const go = useNavigate()
  const { workspace } = useSession()
  const { message } = Antd.useApp()
  const [leaving, setLeaving] = useState(false)
  const back = () => {
    setLeaving(true)
    enter(workspace.beside!).catch((error: unknown) => {
      setLeaving(false)
      void message.error(String(error))
    })
  }
  return (
    <div className="space-bar" role="region" aria-label={t('title')}>
      <b>
        {t('barIn')} <span className="user-text">{workspace.name}</span>
      </b>
      <span className="note space-bar-line">{t('barLine')}</span>
      <ClockMoves onMoved={() => void go({ to: '/rehearsals' })} />
      <span className="space-bar-ways">
        <Link to="/rehearsals">{t('all')}</Link>
        <Button size="small" type="primary" loading={leaving} onClick={back}>
          {t('back')}
        </Button>
      </span>
    </div>
  )
}
