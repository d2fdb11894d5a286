import { useMutation } from '@tanstack/react-query'
import { Button, Checkbox, Radio } from 'antd'
import { useState } from 'react'
import type { Paper } from '../../../../client/courses'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { handIn } from './learn'
import { useWords } from './strings'

/** Exam is one attempt: its questions in their order, then what was right and why. */
export function Exam({ paper, onDone }: { paper: Paper; onDone: () => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const [answers, setAnswers] = useState<number[][]>(() => paper.questions.map(() => []))
  const [tried, setTried] = useState(false)
  const act = useMutation({ mutationFn: () => handIn(paper.id, answers) })
  const missing = answers.filter((one) => one.length === 0).length
  const result = act.data
  const put = (at: number, chosen: number[]) => setAnswers(answers.map((one, i) => (i === at ? chosen : one)))
  return (
    <div className="learn">
      <h1 className="page-title">{say(paper.title)}</h1>
      {result && (
        <p role="status" className={result.passed ? 'learn-ok' : 'learn-late'}>
          <b>{t(result.passed ? 'passed' : 'failed', { n: result.score, pass: paper.pass })}</b>
          {result.passed && ` · ${result.expires ? t('until', { to: formatAt(new Date(result.expires), moment) }) : t('forever')}`}
        </p>
      )}
      <ol className="learn-questions">
        {paper.questions.map((q, at) => {
          const mark = result?.marks[at]
          return (
            <li key={at} className="panel learn-lesson">
              <fieldset disabled={result !== undefined}>
                <legend>
                  <b>{say(q.text)}</b> <span className="note">{t(`q_${q.kind}`)}</span>
                </legend>
                {q.kind === 'multiple' ? (
                  <Checkbox.Group disabled={result !== undefined} value={answers[at]} onChange={(chosen: number[]) => put(at, chosen)} options={q.options.map((o, i) => ({ value: i, label: say(o) }))} />
                ) : (
                  <Radio.Group disabled={result !== undefined} value={answers[at]?.[0]} onChange={(event) => put(at, [event.target.value as number])} options={q.options.map((o, i) => ({ value: i, label: say(o) }))} />
                )}
              </fieldset>
              {mark && (
                <p className={mark.right ? 'learn-ok' : 'learn-late'}>
                  <b>{t(mark.right ? 'right' : 'wrong')}</b>{say(mark.why) && ` · ${say(mark.why)}`}
                </p>
              )}
            </li>
          )
        })}
      </ol>
      {act.error && <ErrorBox error={act.error} />}
      {result ? (
        <Button onClick={onDone}>{t('again')}</Button>
      ) : (
        <div className="learn-head">
          <Button
            type="primary"
            loading={act.isPending}
            onClick={() => {
              setTried(true)
              if (missing === 0) act.mutate()
            }}
          >
            {t('handIn')}
          </Button>
          {tried && missing > 0 && (
            <span className="learn-late" role="alert">
              {t('handInAll', { n: missing })}
            </span>
          )}
        </div>
      )}
    </div>
  )
}
