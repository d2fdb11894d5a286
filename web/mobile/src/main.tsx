import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { OfflineError } from '../../client/http'
import { startI18n } from '../../ui/i18n'
import '../../ui/tokens.css'
import { makeRouter } from './app/routes'
import { todayQuery } from './features/today/query'
import './phone.css'
import { meQuery } from './session/query'

startI18n()
document.documentElement.dataset.surface = 'phone'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The stream says when something changed; the age only matters after a gap in it.
      staleTime: 30_000,
      // Our own calls find out about the network; waiting for the browser's opinion would hide the offline words.
      networkMode: 'always',
      retry: (failures, error) => error instanceof OfflineError && failures < 2,
    },
    mutations: { networkMode: 'always' },
  },
})
const router = makeRouter()
// Asked for at once, beside the session, so that the first screen waits for one round trip and not for two.
void queries.prefetchQuery(meQuery)
void queries.prefetchQuery(todayQuery)

// After the page itself, so that its files do not compete with the first screen.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  const base = `${import.meta.env.BASE_URL}m/`
  addEventListener('load', () => void navigator.serviceWorker.register(`${base}sw.js`, { scope: base }).catch(() => undefined))
}

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
