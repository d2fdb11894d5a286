import { useQueries, useQuery } from '@tanstack/react-query'
import type { ProgrammeVersion } from '../../../../client/rules'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useWords } from './strings'
import { versionDiff, versionsQuery } from './tags'

/** The newest versions are looked through for this tag; older ones are few and far. */
const most = 20

/** Versions are those in which this tag changed, newest first: who published it, when, why, and what the rule was. */
export function Versions({ tag, programme }: { tag: string; programme?: string }) {
  const t = useWords()
  const all = useQuery(versionsQuery(programme))
  const known = (all.data?.items ?? []).slice(0, most)
  const later = known.filter((version) => !version.first && version.version > 1)
  const diffs = useQueries({ queries: programme ? later.map(({ version }) => versionDiff(programme, version)) : [] })
  const error = all.error ?? diffs.find((diff) => diff.error)?.error
  if (error) return <ErrorBox error={error} onRetry={() => void Promise.all([all.refetch(), ...diffs.map((diff) => diff.refetch())])} />
  if (!all.data || diffs.some((diff) => !diff.data)) return <Skeleton lines={3} />
  const shown = later.flatMap((version, i) => {
    const change = diffs[i]?.data?.tags.find((one) => one.key === tag)
    return change ? [{ version, change }] : []
  })
  const first = known.find((version) => version.first)
  const born = shown.some(({ change }) => change.change === 'added')
  return (
    <>
      {shown.length === 0 && <p className="unknown">{t('noVersions')}</p>}
      <ol className="versions">
        {shown.map(({ version, change }) => (
          <li key={version.version}>
            <Stamp version={version} what={change.change} />
            <p>{version.note || <span className="unknown">{t('noNote')}</span>}</p>
            <details>
              <summary>{t('whatChanged')}</summary>
              <RuleDiff was={change.was} is={change.is} />
            </details>
          </li>
        ))}
        {first && !born && (
          <li>
            <Stamp version={first} />
            <p>{t('firstVersion')}</p>
          </li>
        )}
      </ol>
      {later.length > shown.length && <p className="note">{t('otherVersions', { n: later.length - shown.length })}</p>}
    </>
  )
}

function Stamp({ version, what }: { version: ProgrammeVersion; what?: string }) {
  const t = useWords()
  const change = useChange()
  const moment = useMoment()
  return (
    <>
      <b>{t('version', { n: version.version })}</b> {what && <span className="badge">{change(what)}</span>}{' '}
      <span className="note">{[version.at && formatAt(new Date(version.at), moment), version.by?.name].filter(Boolean).join(' · ')}</span>
    </>
  )
}

/** RuleDiff is a rule before and after, one under the other. A rule that stands as before says so. */
export function RuleDiff({ was, is, code = false }: { was?: string; is?: string; code?: boolean }) {
  const t = useWords()
  if (was !== undefined && was === is)
    return (
      <>
        <pre>{is}</pre>
        <p className="note">{t(code ? 'sameCode' : 'sameRule')}</p>
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
