import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startI18n } from '../../ui/i18n'
import '../../ui/tokens.css'
import { Start } from './Start'

const root = document.getElementById('root')
if (root) {
  startI18n()
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={new QueryClient()}>
        <Start />
      </QueryClientProvider>
    </StrictMode>,
  )
}
