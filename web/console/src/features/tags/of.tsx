// Tags of one key may stand in several programmes: which one a screen is about goes with every question and every link.
import { Link } from '@tanstack/react-router'
import { createContext, type ReactNode, useContext } from 'react'

const Of = createContext<string | undefined>(undefined)

/** OfProgramme says which programme everything within is about; undefined is the workspace's own. */
export const OfProgramme = Of.Provider

export const useOf = (): string | undefined => useContext(Of)

interface Props {
  tag: string
  /** That of the screen when not given. */
  programme?: string
  className?: string
  label?: string
  children: ReactNode
}

/** TagLink opens the page of a tag in its programme. */
export function TagLink({ tag, programme, className, label, children }: Props) {
  const of = useOf()
  return (
    <Link to="/tags/$key" params={{ key: tag }} search={{ programme: programme ?? of }} className={className} aria-label={label}>
      {children}
    </Link>
  )
}
