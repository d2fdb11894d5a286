// Answers that are not handed in yet, kept on this phone for their person and for the version they were given to.
import type { Draft } from '../../../client/forms'

const place = 'peiban.form.'

interface Kept {
  version: string
  instead?: string
  draft: Draft
}

const nameOf = (person: string, form: string) => `${place}${person}.${form}`

export function keepDraft(person: string, form: string, kept: Kept): void {
  localStorage.setItem(nameOf(person, form), JSON.stringify(kept))
}

/** keptDraft is what was not handed in; answers to another version of the form are worth nothing and are dropped. */
export function keptDraft(person: string, form: string, version: string, instead?: string): Draft | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(nameOf(person, form)) ?? 'null') as Kept | null
    return kept?.version === version && kept.instead === instead && typeof kept.draft === 'object' ? kept.draft : undefined
  } catch {
    return undefined
  }
}

export const dropDraft = (person: string, form: string): void => localStorage.removeItem(nameOf(person, form))

/** dropDrafts leaves nothing behind when somebody signs out. */
export function dropDrafts(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(place)) localStorage.removeItem(key)
}
