import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Icon, type IconName } from '../parts/Icon'
import { useMe } from '../session/Session'
import { useAppWords } from './strings'

const tabs = [
  { to: '/', name: 'today' },
  { to: '/glucose', name: 'glucose' },
  { to: '/messages', name: 'messages' },
  { to: '/me', name: 'me' },
] as const satisfies readonly { to: LinkProps['to']; name: IconName }[]

interface Props {
  /** Messages nobody has looked at yet. */
  unread: number
  /** Screens that ask for one thing leave the tabs away; the way to a human stays where it is. */
  showTabs: boolean
  top: ReactNode
  contact: ReactNode
  children: ReactNode
}

/** Shell is what every screen has: the thin bar above, and below it the way to a human beside at most four tabs. */
export function Shell({ unread, showTabs, top, contact, children }: Props) {
  const t = useAppWords()
  const { measures } = useMe()
  const shown = measures && !measures.includes('glucose') ? tabs.map((tab) => (tab.name === 'glucose' ? ({ to: '/measures', name: 'records' } as const) : tab)) : tabs
  return (
    <div className="shell">
      {top}
      <div className="shell-page">{children}</div>
      <div className="foot">
        {contact}
        {showTabs && (
          <nav className="tabs" aria-label={t('tabs')}>
            {shown.map(({ to, name }) => (
              <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }} className="tab">
                <span className="tab-icon">
                  <Icon name={name} />
                  {name === 'messages' && unread > 0 && (
                    <span className="badge">
                      <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
                      <span className="visually-hidden">{t('unread', { n: unread })}</span>
                    </span>
                  )}
                </span>
                {t(name)}
              </Link>
            ))}
          </nav>
        )}
      </div>
    </div>
  )
}
