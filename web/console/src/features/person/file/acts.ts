import { createContext, useContext } from 'react'
import type { FileEntry } from '../../../../../client/file'

/** What may be done from a row of the file. Absent: nothing, because of the role or because a past day is looked at. */
export interface Acts {
  correct: (entry: FileEntry) => void
  retract: (entry: FileEntry) => void
  map?: (entry: FileEntry) => void
  sign?: (entry: FileEntry) => void
}

const Current = createContext<Acts | undefined>(undefined)
export const ActsProvider = Current.Provider
export const useActs = (): Acts | undefined => useContext(Current)
