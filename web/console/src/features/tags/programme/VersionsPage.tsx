import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Modal, Select } from 'antd'
import { useState } from 'react'
import type { Changed, ChangedFile, Diff, Found, ProgrammeVersion } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../../ui/states'
import { formatAt } from '../../../../../ui/time'
import { useMoment } from '../../../layout/now'
import { useSession } from '../../session/session'
import { Counted } from '../FoundList'
import { count } from '../Names'
import { draftQuery, mayEdit, underTheirTag, versionsQuery } from '../tags'
import { RuleDiff, useChange } from '../Versions'
import { diffQuery, exportAddress, restoreVersion, versionMoved } from './programmes'
import { useWords } from './words'
import './programme.css'
import '../tags.css'

interface Props {
  programme: string
  /** The version looked at, and what it is compared with; the one before when not given. */
  version?: number
  against?: number
  onView: (view: { version?: number; against?: number }) => void
}

/** VersionsPage is every version of a programme: what each changed, whom it moved, and the way back to it. */
export function VersionsPage({ programme, version, against, onView }: Props) {
  const t = useWords()
  const versions = useQuery(versionsQuery(programme))
  if (versions.error) return <ErrorBox error={versions.error} onRetry={() => void versions.refetch()} />
  if (!versions.data) return <Skeleton lines={10} />
  const all = versions.data.items
  const shown = all.find((one) => one.version === version) ?? all[0]
  if (!shown) return <Empty title={t('noVersions')} />
  const before = all[all.indexOf(shown) + 1]
  const from = against ?? before?.version
  return (
    <div className="edit-page">
      <header className="programme-head">
        <Link to="/programmes/$key" params={{ key: programme }}>
          {t('backToDocument')}
        </Link>
        <h1>{t('versionsTitle')}</h1>
      </header>
      <div className="split">
        <section className="panel box" aria-label={t('versionsTitle')}>
          <ol className="version-list">
            {all.map((one, i) => (
              <li key={one.version}>
                <button type="button" className={one === shown ? 'link here' : 'link'} aria-current={one === shown || undefined} onClick={() => onView({ version: one.version })}>
                  {t('versionN', { n: one.version })}
                </button>{' '}
                {i === 0 && <span className="badge">{t('inForce')}</span>}
                <VersionFacts version={one} />
              </li>
            ))}
          </ol>
        </section>
        <section className="panel box" aria-label={t('versionN', { n: shown.version })}>
          <div className="row">
            <h2>{t('versionN', { n: shown.version })}</h2>
            <Link to="/programmes/$key" params={{ key: programme }} search={{ version: shown.version }}>
              {t('readIt')}
            </Link>
            <Button size="small" href={exportAddress(programme, shown.version)} download>
              {t('export')}
            </Button>
            {shown !== all[0] && <Restore programme={programme} version={shown.version} />}
          </div>
          {!shown.first && <MovedBy key={shown.version} programme={programme} version={shown} />}
          {all.length > 1 && (
            <label>
              {t('against')}{' '}
              <Select aria-label={t('against')} value={from ?? null} placeholder={t('versionBefore')} onChange={(next: number) => onView({ version: shown.version, against: next })} options={all.filter((one) => one !== shown).map((one) => ({ value: one.version, label: t('versionN', { n: one.version }) }))} />
            </label>
          )}
          {from === undefined ? <p className="unknown">{t('firstVersion')}</p> : <Compared programme={programme} from={from} to={shown.version} />}
        </section>
      </div>
    </div>
  )
}

function VersionFacts({ version }: { version: ProgrammeVersion }) {
  const t = useWords()
  const moment = useMoment()
  return (
    <>
      <p className="note">{[version.at ? formatAt(new Date(version.at), moment) : t('fromFolder'), version.by?.name].filter(Boolean).join(' · ')}</p>
      {version.note && <p>{version.note}</p>}
    </>
  )
}

/** MovedBy is whom a version changed when it came into force; each number opens its people. */
function MovedBy({ programme, version }: { programme: string; version: ProgrammeVersion }) {
  const t = useWords()
  const say = useSay()
  const ask = useMutation({ mutationFn: () => versionMoved(programme, version.version) })
  if (!version.changed) return <p className="note">{t('movedNobody', { of: count(version.people ?? 0) })}</p>
  const found: Found | undefined = ask.data
  return (
    <div>
      <p>{t('movedSome', { n: count(version.changed), of: count(version.people ?? 0) })}</p>
      {!found && (
        <Button size="small" loading={ask.isPending} onClick={() => ask.mutate()}>
          {t('whoMoved')}
        </Button>
      )}
      {ask.error && <ErrorBox error={ask.error} onRetry={() => ask.mutate()} />}
      {found && (
        <ul className="columns">
          {found.sets.map((set) => (
            <li key={set.of}>
              {say(set.text)} <Counted n={set.people} text={count(set.people)} place={{ found: found.found, of: set.of, onAgain: () => ask.mutate() }} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Compared({ programme, from, to }: { programme: string; from: number; to: number }) {
  const t = useWords()
  const diff = useQuery(diffQuery(programme, from, to))
  if (diff.error) return <ErrorBox error={diff.error} onRetry={() => void diff.refetch()} />
  if (!diff.data) return <Skeleton lines={8} />
  return (
    <>
      <p className="note">{t('fromTo', { from, to })}</p>
      <Differences diff={diff.data} />
    </>
  )
}

/** Differences are what changed, part by part: numbers as numbers, rules as rules, journeys and texts line by line. */
export function Differences({ diff }: { diff: Diff }) {
  const t = useWords()
  const say = useSay()
  const change = useChange()
  const nothing = [diff.tags, diff.stages, diff.journeys, diff.content, diff.other, diff.settings ?? [], diff.targets ?? []].every((part) => part.length === 0)
  if (nothing) return <p className="unknown">{t('sameAsBefore')}</p>
  const numbers = (title: string, all: readonly Changed[]) =>
    all.length > 0 && (
      <section aria-label={title}>
        <h3>{title}</h3>
        <ul className="changed">
          {all.map((one) => (
            <li key={one.key}>
              <div className="row">
                <b>{say(one.name) || one.key}</b> <code className="note">{one.key}</code> <span className="badge">{change(one.change)}</span>
              </div>
              <p>{one.was && one.is ? `${one.was} → ${one.is}` : (one.is ?? one.was)}</p>
            </li>
          ))}
        </ul>
      </section>
    )
  const rules = (title: string, all: readonly Changed[]) =>
    all.length > 0 && (
      <section aria-label={title}>
        <h3>{title}</h3>
        <ul className="changed">
          {underTheirTag(all).map((one) => (
            <li key={one.key}>
              <div className="row">
                <b>{say(one.name) || one.key}</b> <code className="note">{one.key}</code> <span className="badge">{change(one.change)}</span>
              </div>
              <RuleDiff was={one.was} is={one.is} />
            </li>
          ))}
        </ul>
      </section>
    )
  const files = (title: string, all: readonly ChangedFile[]) =>
    all.length > 0 && (
      <section aria-label={title}>
        <h3>{title}</h3>
        <ul className="changed">
          {all.map((one) => (
            <li key={one.key}>
              <div className="row">
                <b>{say(one.name) || one.key}</b> <code className="note">{one.key}</code> <span className="badge">{change(one.change)}</span>
              </div>
              {one.lines && one.lines.length > 0 && (
                <details open={one.lines.length < 30}>
                  <summary>{t('linesN', { n: one.lines.filter(({ op }) => op === 'added' || op === 'removed').length })}</summary>
                  <pre className="lines">
                    {one.lines.map((line, i) => (
                      <span key={i} className={`line-${line.op}`}>
                        {line.op === 'added' ? '+ ' : line.op === 'removed' ? '− ' : line.op === 'gap' ? '…' : '  '}
                        {line.text}
                        {'\n'}
                      </span>
                    ))}
                  </pre>
                </details>
              )}
            </li>
          ))}
        </ul>
      </section>
    )
  return (
    <div className="differences">
      {numbers(t('s_settings'), diff.settings ?? [])}
      {numbers(t('s_targets'), diff.targets ?? [])}
      {rules(t('s_tags'), diff.tags)}
      {rules(t('s_stages'), diff.stages)}
      {files(t('s_journeys'), diff.journeys)}
      {files(t('s_texts'), diff.content)}
      {files(t('d_other'), diff.other)}
    </div>
  )
}

function Restore({ programme, version }: { programme: string; version: number }) {
  const t = useWords()
  const go = useNavigate()
  const client = useQueryClient()
  const editor = mayEdit(useSession())
  const draft = useQuery({ ...draftQuery(programme), enabled: editor }).data
  const [open, setOpen] = useState(false)
  const restore = useMutation({
    mutationFn: () => restoreVersion(programme, version, draft?.revision ?? 0),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['draft'] })
      void go({ to: '/draft', search: { programme } })
    },
  })
  if (!editor || !draft) return null
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('restore')}
      </Button>
      {open && (
        <Modal open title={t('restoreTitle', { n: version })} okText={t('restore')} okButtonProps={{ loading: restore.isPending }} onOk={() => restore.mutate()} onCancel={() => setOpen(false)}>
          <p>{t(draft.exists ? 'restoreOver' : 'restoreSure')}</p>
          {restore.error && <ErrorBox error={restore.error} />}
        </Modal>
      )}
    </>
  )
}
