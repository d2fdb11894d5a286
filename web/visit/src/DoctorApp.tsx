import { useEffect, useState } from 'react'
import { post } from '../../client/http'
import type { DoctorPage } from '../../client/visit'
import { setLanguage, useLanguage, useSay } from '../../ui/i18n'
import { FactList, Labs, Lows, Measures, Medicines, Pattern, Questions, Trends, Who } from '../../ui/sheet/parts'
import '../../ui/sheet/sheet.css'
import { Empty, ErrorBox, Skeleton } from '../../ui/states'
import { formatAt } from '../../ui/time'
import { AnswerForm } from './AnswerForm'
import { useWords } from './words'

/** DoctorApp is what a visit link opens: the page, then the answer. It keeps nothing on the device. */
export function DoctorApp({ token }: { token: string }) {
  const t = useWords()
  const language = useLanguage()
  const [page, setPage] = useState<DoctorPage>()
  const [error, setError] = useState<unknown>()
  const [tries, setTries] = useState(0)
  const [sent, setSent] = useState(false)
  useEffect(() => {
    if (!token) return
    const stop = new AbortController()
    post<DoctorPage>('/api/visit/open', { token }, { signal: stop.signal }).then(setPage, (e: unknown) => {
      if (!stop.signal.aborted) setError(e)
    })
    return () => stop.abort()
  }, [token, tries])
  return (
    <div className="doctor">
      <header className="doctor-top">
        <b>{t('product')}</b>
        <button type="button" className="text-button" lang={language === 'en' ? 'zh-CN' : 'en'} onClick={() => setLanguage(language === 'en' ? 'zh' : 'en')}>
          {t('switch')}
        </button>
      </header>
      {!token ? (
        <Empty title={t('noToken')}>{t('noTokenText')}</Empty>
      ) : error ? (
        <ErrorBox
          error={error}
          onRetry={() => {
            setError(undefined)
            setTries(tries + 1)
          }}
        />
      ) : !page ? (
        <Skeleton lines={10} />
      ) : sent ? (
        <Empty title={t('sent')}>{t('sentText')}</Empty>
      ) : (
        <Opened page={page} token={token} onSent={() => setSent(true)} />
      )}
    </div>
  )
}

function Opened({ page, token, onSent }: { page: DoctorPage; token: string; onSent: () => void }) {
  const t = useWords()
  const say = useSay()
  const language = useLanguage()
  const now = new Date(page.page.at)
  return (
    <main className="a4-flow">
      <Who page={page.page} />
      <p className="note">{t('until', { at: formatAt(new Date(page.expires), { now, zone: page.page.zone, language }) })}</p>
      <Questions page={page.page} most={20} />
      <Pattern page={page.page} />
      <Lows page={page.page} most={20} />
      <Measures page={page.page} />
      <Trends page={page.page} />
      <FactList page={page.page} />
      <Medicines page={page.page} most={40} />
      <Labs page={page.page} most={40} />
      {page.answered ? (
        <Empty title={t('answeredTitle')}>{t('answeredText')}</Empty>
      ) : (
        <>
          <p className="doctor-notice">{say(page.notice)}</p>
          <AnswerForm page={page.page} token={token} onSent={onSent} />
        </>
      )}
    </main>
  )
}
