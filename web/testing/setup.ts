import { cleanup, configure } from '@testing-library/react'
import { afterEach, beforeEach } from 'vitest'
import { setLanguage, startI18n } from '../ui/i18n'

// Pages that load late wait for the test runner to compile them on a busy machine.
configure({ asyncUtilTimeout: 5000 })

// jsdom draws nothing, so it cannot scroll.
window.scrollTo = () => undefined

beforeEach(() => {
  startI18n('zh')
  setLanguage('zh')
})

afterEach(() => {
  cleanup()
  localStorage.clear()
})
