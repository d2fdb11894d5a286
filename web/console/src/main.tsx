import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startI18n } from '../../ui/i18n'
import '../../ui/tokens.css'
import { App } from './app'
import './words'

const root = document.getElementById('root')
if (root) {
  startI18n()
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
