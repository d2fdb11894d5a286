import { useQueryClient } from '@tanstack/react-query'
import { Button, Popconfirm, Progress } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { ErrorBox } from '../../../../ui/states'
import { count, type RefusedFilter, replayMany } from './data'
import { useWords } from './strings'

interface Run {
  drop: boolean
  of: number
  done: number
  bad: number
  state: 'running' | 'stopped' | 'ready'
  error?: unknown
}

/** Many replays or drops all that fit a filter, a portion a request: it tells how far it is and can be stopped between two. */
export function Many({ filter, total, onRunning }: { filter: RefusedFilter; total: number; onRunning: (running: boolean) => void }) {
  const t = useWords()
  const client = useQueryClient()
  const [run, setRun] = useState<Run>()
  const stop = useRef(false)
  // Whoever leaves the page stops it: nothing goes on that nobody sees.
  useEffect(() => {
    stop.current = false
    return () => {
      stop.current = true
    }
  }, [])
  const start = async (drop: boolean) => {
    stop.current = false
    onRunning(true)
    let now: Run = { drop, of: total, done: 0, bad: 0, state: 'running' }
    setRun(now)
    let next: string | undefined
    try {
      do {
        const part = await replayMany(filter, drop, next)
        next = part.next || undefined
        now = { ...now, done: now.done + part.replayed, bad: now.bad + part.refused }
        now.of = now.done + now.bad + part.left
        setRun(now)
      } while (next && !stop.current)
      setRun({ ...now, state: next ? 'stopped' : 'ready' })
    } catch (error) {
      setRun({ ...now, state: 'stopped', error })
    }
    onRunning(false)
    void client.invalidateQueries({ queryKey: ['intake', 'rejects'] })
    void client.invalidateQueries({ queryKey: ['intake', 'sources'] })
  }
  if (run?.state === 'running') {
    return (
      <div className="data-many" role="status">
        <Progress percent={Math.floor(((run.done + run.bad) / Math.max(1, run.of)) * 100)} className="data-progress" aria-label={t('running', { n: count(run.done + run.bad), of: count(run.of) })} />
        <span className="nowrap">{t('running', { n: count(run.done + run.bad), of: count(run.of) })}</span>
        <Button
          onClick={() => {
            stop.current = true
          }}
        >
          {t('stop')}
        </Button>
      </div>
    )
  }
  const left = run ? run.of - run.done - run.bad : 0
  return (
    <div className="data-many">
      <Popconfirm placement="bottomLeft" title={t('replayAllAsk', { n: count(total) })} description={<div className="data-ask">{t('replayAllBody')}</div>} okText={t('replay')} cancelText={t('cancel')} onConfirm={() => void start(false)}>
        <Button>{t('replayAll', { n: count(total) })}</Button>
      </Popconfirm>
      <Popconfirm placement="bottomLeft" title={t('dropAllAsk', { n: count(total) })} description={<div className="data-ask">{t('dropAllBody')}</div>} okText={t('drop')} cancelText={t('cancel')} onConfirm={() => void start(true)}>
        <Button>{t('dropAll', { n: count(total) })}</Button>
      </Popconfirm>
      {run && (
        <span role="status">
          <b>{t(run.state === 'ready' ? 'ready' : 'stopped')}</b> {run.drop ? t('manyDropped', { n: count(run.done) }) : t('manyReplayed', { n: count(run.done), bad: count(run.bad) })}
          {left > 0 && t('manyLeft', { n: count(left) })}
        </span>
      )}
      {run?.error !== undefined && <ErrorBox error={run.error} />}
    </div>
  )
}
