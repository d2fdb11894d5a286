import { useMutation } from '@tanstack/react-query'
import { Button, DatePicker, Input, Radio } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import type { DrawnJourney, DrawnStep, WalkAnswer, WalkAsk, WalkDeed } from '../../../../../client/draw'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox } from '../../../../../ui/states'
import { formatAt } from '../../../../../ui/time'
import { useMoment } from '../../../layout/now'
import { Line } from '../fields'
import { walk } from './drawn'
import { useDraw } from './strings'
import { Who } from './Who'

interface Props {
  journey: DrawnJourney
  steps: readonly DrawnStep[]
  onHere: (step: string | undefined) => void
}

/** WalkPanel takes one person through the draft with a clock that is moved by hand; each move is run anew from the beginning, and nothing is kept. */
export function WalkPanel({ journey, steps, onHere }: Props) {
  const t = useDraw()
  const say = useSay()
  const moment = useMoment()
  const [person, setPerson] = useState<string>()
  const [entered, setEntered] = useState(true)
  const [from, setFrom] = useState<string>()
  const [asks, setAsks] = useState<WalkAsk[]>([])
  const [until, setUntil] = useState<string>()
  const [line, setLine] = useState('')
  const run = useMutation({
    mutationFn: (ask: WalkAsk) => walk(journey.programme, journey.key, ask),
    onSuccess: (answer) => onHere(answer.state === 'waiting' ? answer.step : undefined),
  })
  const go = (ask: WalkAsk) => run.mutate(ask, { onSuccess: () => setAsks((all) => [...all, ask]) })
  const begin = () => {
    setAsks([])
    go({ person, from, entered, deeds: [] })
  }
  const last = asks.at(-1)
  const answer = run.data
  const next = (change: Partial<WalkAsk>) => last && answer && go({ ...last, from: answer.from, until: answer.now, ...change })
  const deed = (one: Omit<WalkDeed, 'at'>) => answer && last && next({ deeds: [...last.deeds, { ...one, at: answer.now }] })
  const at = (time: string) => formatAt(new Date(time), moment)
  const waits = steps.find(({ id }) => id === answer?.step)
  return (
    <div className="draw-walk">
      <p className="note">{t('testHint')}</p>
      <Line label={t('person')}>
        <Who value={person} placeholder={t('madeUp')} onValue={(id) => setPerson(id)} />
      </Line>
      <Line label={t('fromDay')}>
        <DatePicker aria-label={t('fromDay')} value={from ? dayjs(from) : null} onChange={(day) => setFrom(day ? day.format('YYYY-MM-DD') : undefined)} />
      </Line>
      <Radio.Group value={entered} onChange={(event) => setEntered(event.target.value as boolean)} options={[{ value: true, label: t('putIn') }, { value: false, label: t('byItself') }]} />
      <div className="row">
        <Button type={answer ? 'default' : 'primary'} loading={run.isPending && asks.length === 0} onClick={begin}>
          {t(answer ? 'again' : 'start')}
        </Button>
        {asks.length > 1 && (
          <Button
            onClick={() => {
              const before = asks.at(-2)!
              run.mutate(before, { onSuccess: () => setAsks((all) => all.slice(0, -1)) })
            }}
          >
            {t('stepBack')}
          </Button>
        )}
      </div>
      {run.error && <ErrorBox error={run.error} />}
      {answer && last && (
        <>
          <div role="status">
            <b>{t('nowAt', { at: at(answer.now) })}</b> · {answer.state === 'waiting' ? t('state_waiting', { n: waits?.n ?? answer.step ?? '' }) : t(`state_${answer.state}`)} {say(answer.ended)}
          </div>
          <div className="row">
            <Button type="primary" disabled={!answer.next} loading={run.isPending} onClick={() => next({ until: answer.next })}>
              {t('next')}
            </Button>
            <span className="note">{answer.next ? t('nextAt', { at: at(answer.next) }) : t('nothingNext')}</span>
          </div>
          <div className="row">
            <DatePicker aria-label={t('untilDay')} value={until ? dayjs(until) : null} onChange={(day) => setUntil(day ? day.format('YYYY-MM-DD') : undefined)} />
            <Button disabled={!until} onClick={() => next({ until })}>{t('go')}</Button>
          </div>
          {answer.tasks.map((task) => (
            <div key={task.script} className="row">
              <span>{t('taskOf', { title: say(task.title) })}</span>
              {task.results.map((result) => (
                <Button key={result.key} size="small" onClick={() => deed({ do: 'done', of: task.script, say: result.key })}>
                  {say(result.text)}
                </Button>
              ))}
            </div>
          ))}
          {answer.cards.map((card) => (
            <div key={card.content} className="row">
              <span>{t('cardOf', { title: say(card.title) })}</span>
              {card.answers.map((one) => (
                <Button key={one.key} size="small" onClick={() => deed({ do: 'answer', of: card.content, say: one.key })}>
                  {say(one.text)}
                </Button>
              ))}
            </div>
          ))}
          <div className="row">
            <Button size="small" onClick={() => deed({ do: 'reply' })}>{t('replies')}</Button>
          </div>
          <Line label={t('happens')} hint={t('happensHint')}>
            <div className="row">
              <Input aria-label={t('happens')} value={line} maxLength={200} onChange={(event) => setLine(event.target.value)} />
              <Button disabled={line.trim() === ''} onClick={() => { deed({ do: 'event', say: line.trim() }); setLine('') }}>{t('record')}</Button>
            </div>
          </Line>
          <Log answer={answer} at={at} />
        </>
      )}
    </div>
  )
}

function Log({ answer, at }: { answer: WalkAnswer; at: (time: string) => string }) {
  const t = useDraw()
  const say = useSay()
  if (answer.lines.length === 0) return <p className="unknown">{t('logEmpty')}</p>
  return (
    <section aria-label={t('logTitle')}>
      <h3>{t('logTitle')}</h3>
      <ol className="draw-log" aria-live="polite">
        {answer.lines.map((line, i) => (
          <li key={i} className={`walk-${line.what}`}>
            <span className="note">{at(line.at)}</span> <b>{t(`what_${line.what}`)}</b> {say(line.text)} {line.mine && <span className="badge">{t('mine')}</span>}
            {line.why && <p className="note">{say(line.why)}</p>}
          </li>
        ))}
      </ol>
    </section>
  )
}
