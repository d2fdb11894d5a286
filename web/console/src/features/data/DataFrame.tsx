import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Stopped } from '../../layout/Stopped'
import { useSession } from '../session/session'
import { useWords } from './strings'
import './data.css'

/** The pages of the section, each at an address of its own. */
const pages = [
  { to: '/data/sources', word: 'sources' },
  { to: '/data/wecom', word: 'wecom' },
  { to: '/data/senders', word: 'senders' },
  { to: '/data/live', word: 'live' },
  { to: '/data/refused', word: 'refused' },
  { to: '/data/imports', word: 'imports' },
  { to: '/data/products', word: 'products' },
  { to: '/data/receipts', word: 'receipts' },
  { to: '/data/events', word: 'events' },
  { to: '/data/out', word: 'out' },
  { to: '/data/audit', word: 'audit' },
] as const

/** What a page asks of who sees it, where it is more than the section does. */
const needs: Partial<Record<(typeof pages)[number]['word'], string>> = { imports: 'import', out: 'people.export', receipts: 'people.names', events: 'people.export', audit: 'audit.read' }

/** DataFrame is the section 数据 around one of its pages. */
export function DataFrame({ children, aside }: { children: ReactNode; aside?: ReactNode }) {
  const t = useWords()
  const { can } = useSession()
  return (
    <div className="data">
      <div className="data-head">
        <h1 className="page-title">{t('title')}</h1>
        <nav className="data-tabs" aria-label={t('tabs')}>
          {pages.filter(({ word }) => can.includes(needs[word] ?? 'intake.read')).map(({ to, word }) => (
            <Link key={to} to={to} activeOptions={{ includeSearch: false }} activeProps={{ 'aria-current': 'page' }}>
              {t(word)}
              {word === 'out' && <Stopped />}
            </Link>
          ))}
        </nav>
        {aside && <div className="data-aside">{aside}</div>}
      </div>
      {children}
    </div>
  )
}
