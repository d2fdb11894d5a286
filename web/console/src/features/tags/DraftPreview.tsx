import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { useEffect } from 'react'
import type { Draft, Preview } from '../../../../client/rules'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { useUiWords } from '../../../../ui/strings'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { Working } from './CountAll'
import { Counted } from './FoundList'
import { Gone } from './Gone'
import { count } from './Names'
import { useWords } from './strings'
import { isCode, isGone, previewQuery, startPreview, stopPreview, underTheirTag } from './tags'
import { useChange } from './Versions'

/** DraftPreview asks the draft of everyone: who would gain and lose what. A result from before an edit is called old. */
export function DraftPreview({ programme, draft, editor }: { programme: string; draft: Draft; editor: boolean }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const search: { preview?: unknown } = useSearch({ strict: false })
  const go = useNavigate()
  const seen = typeof search.preview === 'string' ? search.preview : undefined
  const query = previewQuery(programme, seen)
  const preview = useQuery(query)
  const keep = (id: string | undefined) => void go({ to: '.', search: (was: object) => ({ ...was, preview: id }), replace: true, resetScroll: false })
  const start = useMutation({
    mutationFn: () => startPreview(programme),
    onSuccess: (next) => {
      client.setQueryData(query.queryKey, next)
      keep(next.id)
    },
  })
  const id = preview.data?.id
  // Whoever comes while another asks looks at the same preview, and misses it as much.
  useEffect(() => {
    if (id && id !== seen) keep(id)
  }, [id])
  const stop = useMutation({ mutationFn: () => stopPreview(programme), onSuccess: () => client.invalidateQueries({ queryKey: query.queryKey }) })
  if (isGone(preview.error))
    return (
      <>
        <Gone error={preview.error} onAgain={editor && draft.sound ? () => start.mutate() : undefined} busy={start.isPending} again={t('previewAgain')} />
        {start.error && <ErrorBox error={start.error} />}
      </>
    )
  if (preview.error && !preview.data) return <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} />
  if (!preview.data) return <Skeleton lines={3} />
  const p = preview.data
  const old = p.state === 'done' && p.revision !== draft.revision
  return (
    <>
      {p.state === 'running' ? (
        <Working done={p.done} of={p.of} onStop={() => stop.mutate()} />
      ) : (
        <div className="row">
          {editor && (
            <Button loading={start.isPending} disabled={!draft.sound} onClick={() => start.mutate()}>
              {t(p.state === 'done' ? 'previewAgain' : 'previewStart')}
            </Button>
          )}
          {!draft.sound ? (
            <span className="note">{t('soundFirst')}</span>
          ) : (
            <span className={old ? 'stale' : 'note'}>
              {p.state === 'none' ? t('previewHint') : p.state === 'cancelled' ? t('stopped') : p.state === 'failed' ? say(p.failure) || t('previewFailed') : old ? t('previewOld') : ''}
            </span>
          )}
        </div>
      )}
      {start.error && <ErrorBox error={start.error} />}
      {stop.error && <ErrorBox error={stop.error} />}
      {preview.error && <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} />}
      {p.state === 'done' && <Result preview={p} faded={old} onAgain={() => start.mutate()} />}
    </>
  )
}

function Result({ preview, faded, onAgain }: { preview: Preview; faded: boolean; onAgain: () => void }) {
  const t = useWords()
  const ui = useUiWords()
  const say = useSay()
  const change = useChange()
  const moment = useMoment()
  const at = (kind: 'tag' | 'stage', key: string, side: 'gain' | 'lose') => (preview.found ? { found: preview.found, of: `${kind}:${key}:${side}`, onAgain } : undefined)
  const moves = preview.tags.length + preview.stages.length > 0
  return (
    <div className={faded ? 'faded' : undefined}>
      <p>
        <b>{preview.changed === 0 ? t('nobodyMoves') : t('previewSays', { n: count(preview.changed), of: count(preview.people) })}</b>
      </p>
      <p className="note">
        {[
          preview.tookMs !== undefined && t('countedIn', { people: count(preview.people), ms: count(preview.tookMs) }),
          preview.asOf && ui('asOf', { time: formatAt(new Date(preview.asOf), moment) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {moves && (
        <div className="preview-box">
          <table className="preview">
            <thead>
              <tr>
                <th scope="col">{t('what')}</th>
                <th scope="col">{t('wasIs')}</th>
                <th scope="col">{t('wouldGainShort')}</th>
                <th scope="col">{t('wouldLoseShort')}</th>
              </tr>
            </thead>
            <tbody>
              {underTheirTag(preview.tags).map((tag) => (
                <tr key={`tag ${tag.key}`} className={isCode(tag.key) ? 'of-code' : undefined}>
                  <th scope="row">
                    {say(tag.name)} <span className="note">{change(tag.change)}</span>
                    {tag.unknown > 0 && <span className="note"> {t('nUnknown', { n: count(tag.unknown) })}</span>}
                  </th>
                  <td className="nowrap">
                    {count(tag.was)} → {count(tag.is)}
                  </td>
                  <td>
                    <Counted n={tag.gain} place={at('tag', tag.key, 'gain')} text={`+${count(tag.gain)}`} />
                  </td>
                  <td>
                    <Counted n={tag.lose} place={at('tag', tag.key, 'lose')} text={`−${count(tag.lose)}`} />
                  </td>
                </tr>
              ))}
              {preview.stages.map((stage) => (
                <tr key={`stage ${stage.key}`}>
                  <th scope="row">
                    {say(stage.name)} <span className="note">{t('u_stage')}</span>
                  </th>
                  <td className="nowrap">
                    {count(stage.was)} → {count(stage.is)}
                  </td>
                  <td>
                    <Counted n={stage.in} place={at('stage', stage.key, 'gain')} text={`+${count(stage.in)}`} />
                  </td>
                  <td>
                    <Counted n={stage.out} place={at('stage', stage.key, 'lose')} text={`−${count(stage.out)}`} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {preview.runs && preview.runs.kept + preview.runs.gone > 0 && <p className="note">{t('runs', { kept: count(preview.runs.kept), gone: count(preview.runs.gone) })}</p>}
    </div>
  )
}
