import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Modal, Select } from 'antd'
import { useId, useRef, useState } from 'react'
import { ApiError, get, newKey, post } from '../../../../client/http'
import type { ReferralBoard, ReferralList } from '../../../../client/referrals'
import type { Person } from '../../../../client/types'
import { useSay, words } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatDay } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { mayWrite, useSession } from '../session/session'

const useReferringWords = words('referring', {
  zh: {
    title: '转诊', none: '没有转诊', refer: '转诊…', modal: '转诊{{name}}', what: '转什么', why: '为什么转', whyHint: '负责人和接诊医生会看到；本人同意以前接诊方什么也看不到。',
    rules: '接诊人由标准选：专科、地区、阶段、年龄、能力和名额。同一件事正在转或刚结束的不会再开，绕回来的不转。', go: '转诊', cancel: '取消', need: '请选转什么，并写明为什么', failed: '没有保存，请再试一次', late: '逾期', managers: '已交主管', done: '关闭',
    out_proposed: '已开出：请{{who}}接诊，等本人同意。', out_queued: '没有合适的接诊人，先排队：{{why}}。', out_refused: '没有转：{{why}}。',
  },
  en: {
    title: 'Referrals', none: 'None', refer: 'Refer…', modal: 'Refer {{name}}', what: 'What for', why: 'Why', whyHint: 'The owner and the receiving doctor read it; before the person agrees the receiver sees nothing.',
    rules: 'The criterion chooses the receiver by specialty, region, stage, age, strength and room. What is being referred or has just ended does not open again, and nothing goes in a circle.', go: 'Refer', cancel: 'Cancel', need: 'Choose what for, and say why', failed: 'Not saved; please try again', late: 'late', managers: 'with the managers', done: 'Close',
    out_proposed: 'Opened: {{who}} is asked, once the person agrees.', out_queued: 'Nobody fits, it waits in the queue: {{why}}.', out_refused: 'Not referred: {{why}}.',
  },
})

const keyOf = (id: string) => ['person', id, 'referrals'] as const

/** Referring is where somebody is referred to, and the way to refer them by hand. */
export function Referring({ person }: { person: Person }) {
  const t = useReferringWords()
  const say = useSay()
  const moment = useMoment()
  const session = useSession()
  const [open, setOpen] = useState(false)
  const list = useQuery({ queryKey: keyOf(person.id), queryFn: ({ signal }) => get<ReferralList>('/api/referrals', { query: { person: person.id }, signal }) })
  return (
    <section>
      <h2>{t('title')}</h2>
      {list.error ? <ErrorBox error={list.error} onRetry={() => void list.refetch()} /> : !list.data ? <Skeleton lines={1} /> : list.data.items.length === 0 && <p className="unknown">{t('none')}</p>}
      <ul className="plain">
        {list.data?.items.map((one) => (
          <li key={one.id}>
            <span className="user-text">{say(one.name)}</span> {say(one.stateText)} <span className="note nowrap">{formatDay(new Date(one.since), moment)}</span>{' '}
            {one.late && <span className="late">{t(one.escalated ? 'managers' : 'late')}</span>}
          </li>
        ))}
      </ul>
      {mayWrite(session) && (
        <button type="button" className="link" onClick={() => setOpen(true)}>
          {t('refer')}
        </button>
      )}
      {open && <ReferModal person={person} onClose={() => setOpen(false)} />}
    </section>
  )
}

/** ReferModal opens a referral by hand, and says at once what became of it. */
function ReferModal({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useReferringWords()
  const say = useSay()
  const id = useId()
  const client = useQueryClient()
  const key = useRef({ of: '', key: '' })
  const [rule, setRule] = useState<string>()
  const [why, setWhy] = useState('')
  const [tried, setTried] = useState(false)
  const board = useQuery({ queryKey: ['referrals', 'board'] as const, queryFn: ({ signal }) => get<ReferralBoard>('/api/referral-board', { signal }) })
  const open = useMutation({
    mutationFn: (body: { rule: string; note: string }) => {
      const of = JSON.stringify(body)
      if (key.current.of !== of) key.current = { of, key: newKey() }
      return post<ReferralList>(`/api/people/${person.id}/referrals`, body, { idempotencyKey: key.current.key })
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['person', person.id] })
      await client.invalidateQueries({ queryKey: ['referrals'] })
    },
  })
  const opened = open.data?.items.filter((one) => one.rule === rule).sort((a, b) => b.opened.localeCompare(a.opened))[0]
  const problem = open.error instanceof ApiError ? [say(open.error.problem.text), say(open.error.problem.hintText)].filter(Boolean).join(' ') : open.error ? t('failed') : ''
  const missing = !rule || why.trim() === ''
  const send = () => {
    setTried(true)
    if (rule && !missing && !open.isPending) open.mutate({ rule, note: why.trim() })
  }
  return (
    <Modal open title={<span className="user-text">{t('modal', { name: person.name })}</span>} footer={null} onCancel={onClose} destroyOnHidden>
      {board.error ? (
        <ErrorBox error={board.error} onRetry={() => void board.refetch()} />
      ) : !board.data ? (
        <Skeleton lines={4} />
      ) : opened ? (
        <div className="record">
          <p role="status">
            <span className="user-text">
              {opened.state === 'queued' || opened.state === 'refused'
                ? t(`out_${opened.state}`, { why: say(opened.why) })
                : t('out_proposed', { who: [say(opened.group?.name), opened.doctor?.name].filter(Boolean).join(' ') })}
            </span>
          </p>
          <div className="record-foot">
            <Button type="primary" onClick={onClose}>
              {t('done')}
            </Button>
          </div>
        </div>
      ) : (
        <form
          className="record"
          onSubmit={(event) => {
            event.preventDefault()
            send()
          }}
        >
          <div className="field">
            <label htmlFor={`${id}-rule`}>{t('what')}</label>
            <Select id={`${id}-rule`} aria-label={t('what')} value={rule} onChange={setRule} options={board.data.rules.map((one) => ({ value: one.key, label: say(one.name) }))} />
          </div>
          <div className="field">
            <label htmlFor={`${id}-why`}>{t('why')}</label>
            <Input.TextArea id={`${id}-why`} value={why} rows={2} maxLength={500} onChange={(event) => setWhy(event.target.value)} />
          </div>
          <p className="note">{t('whyHint')}</p>
          <p className="note">{t('rules')}</p>
          {((tried && missing) || problem) && (
            <p className="field-error" role="alert">
              {problem || t('need')}
            </p>
          )}
          <div className="record-foot">
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button type="primary" htmlType="submit" loading={open.isPending}>
              {t('go')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}
