import { words } from '../../../../ui/i18n'
import * as draft from './draftSentences'
import * as editor from './editorSentences'
import * as tag from './sentences'

export const useWords = words('tags', { zh: { ...tag.zh, ...editor.zh, ...draft.zh }, en: { ...tag.en, ...editor.en, ...draft.en } })
