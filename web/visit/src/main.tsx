import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startI18n } from '../../ui/i18n'
import '../../ui/tokens.css'
import '../../mobile/src/phone.css'
import { DoctorApp } from './DoctorApp'
import './visit.css'

startI18n()
document.documentElement.dataset.surface = 'phone'

// The part behind # never reaches a server; from here on it is kept out of sight and out of the history too.
const token = decodeURIComponent(location.hash.slice(1))
if (token) history.replaceState(null, '', location.pathname)

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <DoctorApp token={token} />
    </StrictMode>,
  )
}
