import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { ApiError, address } from '../../../../client/http'
import type { CoursePage, Paper } from '../../../../client/courses'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { Exam } from './Exam'
import { Mine } from './Learn'
import { beginExam, courseQuery, emptyDoc, resultsQuery } from './learn'
import { Markdown } from './Markdown'
import { Editor } from './Editor'
import { useWords } from './strings'

/** CourseScreen is one course: its lessons, its exam, and for managers its draft and who took it. */
export function CourseScreen({ course, manages, onBack }: { course: string; manages: boolean; onBack: () => void }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const page = useQuery({ ...courseQuery(course), retry: false })
  const [paper, setPaper] = useState<Paper>()
  const [editing, setEditing] = useState(false)
  const begin = useMutation({ mutationFn: () => beginExam(course), onSuccess: setPaper })
  const fresh = manages && page.error instanceof ApiError && page.error.status === 404
  const v = page.data
  const back = (
    <button type="button" className="link" onClick={onBack}>
      ← {t('back')}
    </button>
  )
  if (fresh) {
    return (
      <div className="learn">
        {back}
        <Editor course={course} doc={emptyDoc()} revision={0} version={0} onClose={onBack} />
      </div>
    )
  }
  if (page.error && !v) return <ErrorBox error={page.error} onRetry={() => void page.refetch()} />
  if (!v) return <Skeleton lines={10} />
  if (paper) {
    return (
      <Exam
        paper={paper}
        onDone={() => {
          setPaper(undefined)
          void client.invalidateQueries({ queryKey: ['courses'] })
        }}
      />
    )
  }
  const out = v.left === 0 && v.state !== 'open'
  return (
    <div className="learn">
      {back}
      <div className="learn-head">
        <h1 className="page-title">{say(v.title)}</h1>
        {v.version > 0 && <span className="note">{t('version', { n: v.version })}</span>}
        {v.sample && <span className="badge">{t('sample')}</span>}
        {manages && !editing && <Button onClick={() => setEditing(true)}>{t(v.revision === 0 ? 'useSample' : 'edit')}</Button>}
      </div>
      {editing && v.draft ? (
        <Editor course={course} doc={v.draft} revision={v.revision} version={v.version} onClose={() => setEditing(false)} />
      ) : (
        <>
          <p className="note">{say(v.about)}</p>
          {(v.version > 0 ? v.read : (v.draft?.lessons ?? [])).map((lesson, at) => (
            <section key={at} className="panel learn-lesson">
              <h2>{say(lesson.title)}</h2>
              <Markdown text={say(lesson.body)} />
            </section>
          ))}
          {v.mine && (
            <div className="learn-head">
              <div>
                <Mine one={v} />
              </div>
              <Button type="primary" disabled={out} loading={begin.isPending} onClick={() => begin.mutate()}>
                {t(out ? 'noneLeft' : v.state === 'open' ? 'goOn' : 'begin')}
              </Button>
            </div>
          )}
          {begin.error && <ErrorBox error={begin.error} />}
          {manages && v.version > 0 && <Results course={v} />}
        </>
      )}
    </div>
  )
}

function Results({ course }: { course: CoursePage }) {
  const t = useWords()
  const moment = useMoment()
  const list = useQuery(resultsQuery(course.key))
  return (
    <section className="panel learn-scroll" aria-label={t('results')}>
      <div className="learn-head learn-lesson">
        <h2>{t('results')}</h2>
        <Download href={address('/api/courseresults.csv', { course: course.key })} />
      </div>
      {list.error && !list.data ? (
        <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <Skeleton lines={4} />
      ) : list.data.total === 0 ? (
        <p className="note learn-lesson">{t('resultsNone')}</p>
      ) : (
        <table className="learn-table">
          <thead>
            <tr>
              {(['name', 'at', 'score', 'expires'] as const).map((key) => (
                <th key={key} scope="col">
                  {t(`h_${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {list.data.items.map((one) => (
              <tr key={one.staff.id + one.at}>
                <th scope="row" className="user-text">
                  {one.staff.name}
                </th>
                <td>{formatAt(new Date(one.at), moment)}</td>
                <td className={one.passed ? undefined : 'learn-late'}>{one.score}</td>
                <td>{!one.passed ? '—' : one.expired ? t('expired') : one.expires ? formatAt(new Date(one.expires), moment) : t('forever')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
