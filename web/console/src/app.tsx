import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App as Antd, ConfigProvider } from 'antd'
import en from 'antd/locale/en_US'
import zh from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useEffect, useMemo, useState } from 'react'
import { ApiError } from '../../client/http'
import { useLanguage } from '../../ui/i18n'
import { sessionQuery } from './features/session/session'
import { makeRouter } from './router'
import { themeFor, useMedia } from './theme'

/** A no from the server stays a no; only a lost connection is worth another try. */
export function makeClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: { retry: (count, error) => !(error instanceof ApiError) && count < 2, staleTime: 5_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  })
  // Whatever call finds the session over, the shell must ask to sign in again.
  client.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'error') return
    const error: unknown = event.action.error
    if (error instanceof ApiError && error.status === 401 && event.query.queryKey[0] !== 'session')
      void client.resetQueries({ queryKey: sessionQuery.queryKey })
  })
  return client
}

export function App({ client, router }: { client?: QueryClient; router?: ReturnType<typeof makeRouter> }) {
  const language = useLanguage()
  const isDark = useMedia('(prefers-color-scheme: dark)')
  const still = useMedia('(prefers-reduced-motion: reduce)')
  const theme = useMemo(() => themeFor(isDark, still), [isDark, still])
  const [queries] = useState(() => client ?? makeClient())
  const [routes] = useState(() => router ?? makeRouter())
  useEffect(() => {
    dayjs.locale(language === 'en' ? 'en' : 'zh-cn')
  }, [language])
  return (
    <ConfigProvider theme={theme} locale={language === 'en' ? en : zh} button={{ autoInsertSpace: false }}>
      <Antd>
        <QueryClientProvider client={queries}>
          <RouterProvider router={routes} />
        </QueryClientProvider>
      </Antd>
    </ConfigProvider>
  )
}
