import type { Approval } from '../../../../../client/programmes'
import { words } from '../../../../../ui/i18n'
import * as forms from './formSentences'
import { en, zh } from './sentences'

export const useWords = words('programmes', { zh: { ...zh, ...forms.zh }, en: { ...en, ...forms.en } })

/** useApproved says who answers for a programme, a limit or a text. */
export function useApproved() {
  const t = useWords()
  return (approval: Approval): string => (approval.sample ? t('sampleShort') : t('signedShort', { by: approval.by ?? '', at: approval.at ?? '', document: approval.document ?? '' }).trim())
}
