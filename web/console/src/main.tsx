import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startI18n } from '../../ui/i18n'
import '../../ui/tokens.css'

const root = document.getElementById('root')
if (root) {
  startI18n()
  createRoot(root).render(
    <StrictMode>
      <h1>陪伴</h1>
    </StrictMode>,
  )
}
