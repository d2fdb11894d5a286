import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { useState } from 'react'
import type { Draft } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { count } from '../Names'
import { startTrial, stopTrial, trialQuery } from './programmes'
import { useWords } from './words'

/** TrialRun runs the tests a draft carries, with how far it is and how each case came out. */
export function TrialRun({ draft, editor, onFile }: { draft: Draft; editor: boolean; onFile: (path: string, line: number) => void }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const query = trialQuery(draft.programme)
  const trial = useQuery(query)
  const [all, setAll] = useState(false)
  const start = useMutation({ mutationFn: () => startTrial(draft.programme), onSuccess: (next) => client.setQueryData(query.queryKey, next) })
  const stop = useMutation({ mutationFn: () => stopTrial(draft.programme), onSuccess: () => client.invalidateQueries({ queryKey: query.queryKey }) })
  if (trial.error) return <ErrorBox error={trial.error} onRetry={() => void trial.refetch()} />
  if (!trial.data) return <Skeleton lines={6} />
  const run = trial.data
  const running = run.state === 'running'
  const old = run.state !== 'none' && run.revision !== draft.revision
  const shown = all ? run.results : run.results.filter(({ passed }) => !passed)
  return (
    <section className="panel box" aria-label={t('p_tests')}>
      <div className="row">
        {editor && !running && (
          <Button type="primary" loading={start.isPending} disabled={!draft.sound} onClick={() => start.mutate()}>
            {t(run.state === 'none' ? 'runTests' : 'runAgain')}
          </Button>
        )}
        {running && <Button onClick={() => stop.mutate()}>{t('stop')}</Button>}
        {!draft.sound && <span className="note">{t('soundFirst')}</span>}
        {old && <span className="stale">{t('oldRun')}</span>}
      </div>
      {start.error && <ErrorBox error={start.error} />}
      {run.state !== 'none' && (
        <>
          <Progress percent={run.of === 0 ? 100 : Math.floor((100 * run.done) / run.of)} status="normal" aria-label={t('progress')} showInfo={false} />
          <p role="status">
            {running ? t('testsUnderWay', { n: count(run.done), of: count(run.of) }) : run.state === 'cancelled' ? t('testsStopped', { n: count(run.done), of: count(run.of) }) : null}{' '}
            {run.failed > 0 ? <b className="wrong">{t('testsFailed', { n: count(run.failed) })}</b> : run.done > 0 && <b>{t('testsPassed', { n: count(run.passed) })}</b>}{' '}
            {run.state === 'done' && <span className="note">{t('tookMs', { ms: count(run.tookMs) })}</span>}
          </p>
          {run.results.length > 0 && (
            <Button type="link" className="fit" onClick={() => setAll(!all)}>
              {t(all ? 'onlyFailed' : 'everyCase')}
            </Button>
          )}
          <ul className="cases">
            {shown.map((result) => (
              <li key={`${result.file} ${result.line} ${result.name}`}>
                <span className={result.passed ? 'case-ok' : 'case-no'}>{t(result.passed ? 'passed' : 'failedWord')}</span> {result.name}{' '}
                <button type="button" className="link" onClick={() => onFile(result.file, result.failures?.[0]?.line ?? result.line)}>
                  {result.file}:{result.failures?.[0]?.line ?? result.line}
                </button>
                {result.failures?.map((failure, i) => (
                  <p key={i}>{say(failure.text)}</p>
                ))}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
