import { useQuery } from '@tanstack/react-query'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import type { Course } from '../../../../client/courses'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { CourseScreen } from './CourseScreen'
import { coursesQuery } from './learn'
import { useWords } from './strings'
import './learn.css'

/** Learn is what the signed-in member is to learn; managers see all courses and where the staff stand. */
export function Learn({ course, onCourse }: { course?: string; onCourse: (key: string | undefined) => void }) {
  const t = useWords()
  const { can } = useSession()
  const manages = can.includes('people.assign')
  const list = useQuery(coursesQuery)
  const [adding, setAdding] = useState<string>()
  if (course) return <CourseScreen course={course} manages={manages} onBack={() => onCourse(undefined)} />
  return (
    <div className="learn">
      <div className="learn-head">
        <h1 className="page-title">{t('title')}</h1>
        {manages && <Button onClick={() => setAdding('')}>{t('add')}</Button>}
        {manages && can.includes('people.export') && <Download href="/api/courseresults.csv" />}
      </div>
      <p className="note">{t('lead')}</p>
      <section className="panel learn-scroll" aria-label={t('title')}>
        {list.error && !list.data ? (
          <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={8} />
        ) : list.data.total === 0 ? (
          <Empty title={t('none')}>{t('noneBody')}</Empty>
        ) : (
          <table className="learn-table">
            <thead>
              <tr>
                <th scope="col">{t('h_course')}</th>
                <th scope="col">{t('h_state')}</th>
                {manages && <th scope="col">{t('h_staff')}</th>}
                <th scope="col">{t('h_do')}</th>
              </tr>
            </thead>
            <tbody>
              {list.data.items.map((one) => (
                <Row key={one.key} one={one} manages={manages} onOpen={() => onCourse(one.key)} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      {adding !== undefined && (
        <Modal
          open
          title={t('add')}
          okText={t('make')}
          cancelText={t('cancel')}
          okButtonProps={{ disabled: !/^[a-z][a-z0-9-]{1,39}$/.test(adding) }}
          onOk={() => {
            onCourse(adding)
            setAdding(undefined)
          }}
          onCancel={() => setAdding(undefined)}
        >
          <label className="learn-field">
            <span>{t('keyLabel')}</span>
            <Input className="user-text" aria-label={t('keyLabel')} maxLength={40} value={adding} onChange={(event) => setAdding(event.target.value)} />
          </label>
        </Modal>
      )}
    </div>
  )
}

/** Mine is where the signed-in member stands with a course. */
export function Mine({ one }: { one: Course }) {
  const t = useWords()
  const moment = useMoment()
  if (!one.mine) return <span className="note">{one.version === 0 ? t('draft') : t('notMine')}</span>
  const state = one.state || 'todo'
  return (
    <>
      <b className={state === 'failed' || state === 'expired' ? 'learn-late' : undefined}>{t(`st_${state}`, { n: one.score ?? 0 })}</b>
      {state === 'passed' && <p className="note">{one.expires ? t('until', { to: formatAt(new Date(one.expires), moment) }) : t('forever')}</p>}
      {state !== 'passed' && one.left !== undefined && <p className="note">{t('left', { n: one.left })}</p>}
    </>
  )
}

function Row({ one, manages, onOpen }: { one: Course; manages: boolean; onOpen: () => void }) {
  const t = useWords()
  const say = useSay()
  return (
    <tr>
      <th scope="row">
        <span>{say(one.title)}</span> <span className="badge">{t(`sub_${one.subject}`)}</span> {one.sample && <span className="badge">{t('sample')}</span>}
        <p className="note">{say(one.about)}</p>
        <p className="note">
          {t('size', { lessons: one.lessons, questions: one.questions, pass: one.pass })}
          {one.version > 0 && ` · ${t('version', { n: one.version })}`}
          {manages && one.version > 0 && one.changed && ` · ${t('changed')}`}
        </p>
      </th>
      <td>
        <Mine one={one} />
      </td>
      {manages && (
        <td>
          {one.staff && (
            <>
              <p>{t('counts', { passed: one.staff.passed, all: one.staff.all })}</p>
              <p className="note">{t('countsMore', { expired: one.staff.expired, failed: one.staff.failed, todo: one.staff.todo })}</p>
            </>
          )}
        </td>
      )}
      <td>
        <Button size="small" onClick={onOpen} aria-label={`${t('look')} ${say(one.title)}`}>
          {t('look')}
        </Button>
      </td>
    </tr>
  )
}
