import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useWords } from './strings'
import { trendQuery, versionDiff, versionsQuery } from './tags'

/** Versions are those in which this tag changed, newest first: who published it, when, why, and what the rule was. */
export function Versions({ tag, programme }: { tag: string; programme?: string }) {
  const t = useWords()
  const moment = useMoment()
  const own = useQuery(trendQuery(tag, 400))
  const all = useQuery(versionsQuery(programme))
  const error = own.error ?? all.error
  if (error) return <ErrorBox error={error} onRetry={() => void Promise.all([own.refetch(), all.refetch()])} />
  if (!own.data || !all.data) return <Skeleton lines={3} />
  const notes = new Map(all.data.items.map((version) => [version.version, version]))
  const shown = [...own.data.versions].sort((a, b) => b.version - a.version)
  if (shown.length === 0) return <p className="unknown">{t('noVersions')}</p>
  return (
    <ol className="versions">
      {shown.map(({ version, at }) => {
        const known = notes.get(version)
        return (
          <li key={version}>
            <b>{t('version', { n: version })}</b> <span className="note">{[formatAt(new Date(at), moment), known?.byName].filter(Boolean).join(' · ')}</span>
            <p>{known?.first ? t('firstVersion') : known?.note || <span className="unknown">{t('noNote')}</span>}</p>
            {programme && known && !known.first && version > 1 && <WasIs tag={tag} programme={programme} version={version} />}
          </li>
        )
      })}
    </ol>
  )
}

/** The rule before and after, asked for only when one wants to see it. */
function WasIs({ tag, programme, version }: { tag: string; programme: string; version: number }) {
  const t = useWords()
  const [open, setOpen] = useState(false)
  const diff = useQuery({ ...versionDiff(programme, version), enabled: open })
  const found = diff.data?.tags.find((one) => one.key === tag)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('whatChanged')}</summary>
      {diff.error ? (
        <ErrorBox error={diff.error} onRetry={() => void diff.refetch()} />
      ) : !diff.data ? (
        <Skeleton lines={2} />
      ) : found ? (
        <RuleDiff was={found.was} is={found.is} />
      ) : (
        <p className="unknown">{t('notHere')}</p>
      )}
    </details>
  )
}

/** RuleDiff is a rule before and after, one under the other. A rule that stands as before says so. */
export function RuleDiff({ was, is }: { was?: string; is?: string }) {
  const t = useWords()
  if (was !== undefined && was === is)
    return (
      <>
        <pre>{is}</pre>
        <p className="note">{t('sameRule')}</p>
      </>
    )
  return (
    <div className="was-is">
      {was && (
        <p>
          <span className="note">{t('was')}</span>
          <del>{was}</del>
        </p>
      )}
      {is && (
        <p>
          <span className="note">{t('is')}</span>
          <ins>{is}</ins>
        </p>
      )}
    </div>
  )
}

const changes = ['added', 'removed', 'changed', 'reworded', 'moved'] as const

/** useChange names what happened to a part. */
export function useChange() {
  const t = useWords()
  return (change: string) => {
    const known = changes.find((one) => one === change)
    return known ? t(`ch_${known}`) : change
  }
}
