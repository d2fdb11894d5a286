import { Link } from '@tanstack/react-router'
import { useEffect, useRef, type ReactNode } from 'react'
import { useAppWords } from '../app/strings'
import { Icon } from './Icon'

interface Props {
  title: ReactNode
  /** Pages below a tab lead back to it. */
  back?: '/' | '/glucose' | '/messages' | '/me' | '/file' | '/forms' | '/measures'
  /** Everything must fit one screen: less air. */
  dense?: boolean
  children: ReactNode
}

/** Page is a screen's frame: its heading gets the focus on arrival, so a reader starts at the top. */
export function Page({ title, back, dense = false, children }: Props) {
  const t = useAppWords()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
    window.scrollTo?.(0, 0)
  }, [])
  return (
    <main className={dense ? 'page page-dense' : 'page'}>
      <header className="page-head">
        {back && (
          <Link to={back} className="icon-button" aria-label={t('back')}>
            <Icon name="back" />
          </Link>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </header>
      {children}
    </main>
  )
}
