import { words } from '../../../../ui/i18n'
import { en, zh } from './sentences'

export const useWords = words('tags', { zh, en })
