import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { FileEntry } from '../../../../client/file'
import { useSay } from '../../../../ui/i18n'
import { Entries } from './Entries'
import { Section } from './MyFile'
import { MyReceipt } from './MyReceipt'
import { useFileWords } from './strings'

/** Reports are the papers kept: a picture is shown here, anything else is saved to the phone. */
export function Reports({ reports }: { reports: readonly FileEntry[] }) {
  const t = useFileWords()
  const shown = reports.filter((one) => one.state === 'stands')
  return (
    <Section title={t('reports')} add="report">
      <Link to="/file/add/$what" params={{ what: 'receipt' }} className="text-button">
        {t('addReceipt')}
      </Link>
      {shown.length === 0 && <p className="soft">{t('reportsNone')}</p>}
      {shown.map((one) => (
        <Report key={one.id} entry={one} />
      ))}
    </Section>
  )
}

function Report({ entry }: { entry: FileEntry }) {
  const t = useFileWords()
  const say = useSay()
  const [open, setOpen] = useState(false)
  const { file } = entry
  const picture = file !== undefined && /^image\/(jpeg|png|webp)$/.test(file.media)
  return (
    <section className="card">
      <h3 className="user-text">{file?.name || say(entry.text)}</h3>
      <MyReceipt entry={entry} />
      <Entries entries={[entry]} />
      {file && (
        <div className="file-acts">
          {picture && (
            <button type="button" className="plain-button" aria-expanded={open} onClick={() => setOpen(!open)}>
              {t('look')}
            </button>
          )}
          <a className={picture ? 'text-button' : 'plain-button'} href={file.url} download>
            {t('save')}
          </a>
        </div>
      )}
      {open && file && <Picture url={file.url} name={file.name} />}
    </section>
  )
}

/** Picture fetches the file with the session's cookie and shows it from memory; it is gone when it is closed. */
function Picture({ url, name }: { url: string; name: string }) {
  const t = useFileWords()
  const file = useQuery({
    queryKey: ['me', 'report', url] as const,
    queryFn: async ({ signal }) => {
      const answer = await fetch(url, { signal, credentials: 'same-origin' })
      if (!answer.ok) throw new Error(`status ${answer.status}`)
      return answer.blob()
    },
    gcTime: 0,
    staleTime: Infinity,
  })
  const [source, setSource] = useState('')
  useEffect(() => {
    if (!file.data) return
    const address = URL.createObjectURL(file.data)
    setSource(address)
    return () => URL.revokeObjectURL(address)
  }, [file.data])
  if (file.error)
    return (
      <p className="field-error" role="alert">
        {t('openFailed')}
      </p>
    )
  if (!source) return <p role="status">{t('opening')}</p>
  return <img className="report-picture" src={source} alt={name} />
}
