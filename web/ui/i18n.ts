// Words of every screen: Chinese first, English by switch. Each feature keeps its own strings.ts and registers it under
// its own name, so two features can both have a "title".
import i18next, { type i18n } from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Language, Words } from '../client/types'

/** Both languages side by side, so that neither can be forgotten: the types make the keys agree. */
export interface Strings<T extends Record<string, string>> {
  zh: T
  en: { [K in keyof T]: string }
}

const chosen = 'peiban.language'

/** startI18n runs once, with what this device last used; the person's own setting from the server comes later. */
export function startI18n(language?: Language): i18n {
  if (!i18next.isInitialized) {
    const stored = language ?? localStorage.getItem(chosen)
    void i18next.use(initReactI18next).init({
      lng: stored === 'en' ? 'en' : 'zh',
      fallbackLng: 'zh',
      resources: {},
      initAsync: false,
      interpolation: { escapeValue: false },
      react: { useSuspense: false },
    })
    markPage()
    i18next.on('languageChanged', markPage)
  }
  return i18next
}

/** `lang` picks mainland glyphs and the voice of a screen reader. */
function markPage(): void {
  document.documentElement.lang = currentLanguage() === 'en' ? 'en' : 'zh-CN'
}

export function currentLanguage(): Language {
  return i18next.language === 'en' ? 'en' : 'zh'
}

export function setLanguage(language: Language): void {
  localStorage.setItem(chosen, language)
  if (i18next.language !== language) void i18next.changeLanguage(language)
}

/** tie keeps together what must not break: 5 次, 7 days, the two ends of a range, and the number to call with its verb. */
export const tie = (text: string): string =>
  text.replace(/(\d) (?=[\p{Script=Han}A-Za-z])/gu, '$1\u00a0').replace(/(打|call) (?=120)/gi, '$1\u00a0').replace(/(\d–)(?=\d)/g, '$1\u2060')

/** within lowers the day of a time that stands inside an English sentence: due today 18:00. */
export const within = (text: string): string =>
  text.replace(/(?<=[a-z,] )(?:Today|Tomorrow|Yesterday)(?= \d)/g, (day) => day.toLowerCase())

/** words registers a feature's strings and gives the hook that reads them. */
export function words<T extends Record<string, string>>(name: string, strings: Strings<T>) {
  const instance = startI18n()
  instance.addResourceBundle('zh', name, strings.zh, true, true)
  instance.addResourceBundle('en', name, strings.en, true, true)
  type Key = keyof T & string
  return function useWords(): (key: Key, values?: Record<string, string | number>) => string {
    const { t } = useTranslation(name)
    return (key, values) => tie(within(t(key, values)))
  }
}

/** say picks the language of a text from the server. */
export function say(text: Words | undefined, language: Language): string {
  if (text === undefined) return ''
  if (typeof text === 'string') return tie(text)
  return tie(language === 'en' ? text.en || text.zh : text.zh || text.en)
}

export function useLanguage(): Language {
  const { i18n: instance } = useTranslation()
  return instance.language === 'en' ? 'en' : 'zh'
}

export function useSay(): (text: Words | undefined) => string {
  const language = useLanguage()
  return (text) => say(text, language)
}
