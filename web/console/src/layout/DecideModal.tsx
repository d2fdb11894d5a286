import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App as Antd, DatePicker, Input, Modal, Radio, Select } from 'antd'
import dayjs from 'dayjs'
import { type ReactNode, useState } from 'react'
import { useSay } from '../../../ui/i18n'
import { ErrorBox } from '../../../ui/states'
import { dateIn } from '../../../ui/time'
import { useDecideWords } from './decideWords'
import { useMoment } from './now'
import { atOnce, decide, type Decided, type Decision, handSegments } from './segments'
import './decide.css'

interface Props {
  people: readonly { id: string; name: string }[]
  /** Undefined: it is chosen here. */
  segment?: string
  start?: Decision
  /** How the people are chosen, where they are not yet. */
  children?: ReactNode
  onClose: () => void
  onDone?: () => void
}

/** DecideModal puts people into a segment or takes them out, with a reason and an end; who decided and when is kept too. */
export function DecideModal({ people, segment, start = 'in', children, onClose, onDone }: Props) {
  const t = useDecideWords()
  const say = useSay()
  const { now, zone } = useMoment()
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const segments = useQuery(handSegments)
  const [key, setKey] = useState(segment)
  const [state, setState] = useState<Decision>(start)
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState<string>()
  const [tried, setTried] = useState(false)
  const act = useMutation({
    mutationFn: () => decide(key ?? '', people.map(({ id }) => id), state, reason.trim(), state === 'rule' ? undefined : until),
    onSuccess: (answer) => {
      void client.invalidateQueries({ queryKey: ['tags'] })
      void client.invalidateQueries({ queryKey: ['person'] })
      void client.invalidateQueries({ queryKey: ['people'] })
      if (answer.done > 0) void message.success(t('done', { n: answer.done }), 5)
      if (answer.done > 0) onDone?.()
      if (answer.refused.length === 0) onClose()
    },
  })
  const lacksReason = state !== 'rule' && reason.trim() === ''
  const blocked = people.length > atOnce ? t('tooMany', { n: atOnce, now: people.length.toLocaleString('en-US') }) : key === undefined ? t('whichFirst') : people.length === 0 ? t('whoFirst') : lacksReason ? t('reasonFirst') : undefined
  const name = say(segments.data?.find((one) => one.key === key)?.name) || key || ''
  const send = () => {
    setTried(true)
    if (!blocked) act.mutate()
  }
  return (
    <Modal
      open
      title={segment ? t('titleOf', { name }) : t('title')}
      okText={t(state === 'in' ? 'putIn' : state === 'out' ? 'takeOut' : 'letRule')}
      okButtonProps={{ loading: act.isPending }}
      onOk={send}
      onCancel={onClose}
      destroyOnHidden
    >
      <div className="decide">
        {children}
        {people.length > 0 && !children && <p>{people.length <= 5 ? people.map((one) => one.name).join(t('comma')) : t('several', { name: people[0]?.name ?? '', n: people.length })}</p>}
        {!segment &&
          (segments.error ? (
            <ErrorBox error={segments.error} onRetry={() => void segments.refetch()} />
          ) : (
            <label>
              <span>{t('which')}</span>
              <Select aria-label={t('which')} loading={segments.isFetching} placeholder={t('which')} value={key ?? null} onChange={(next: string | null) => setKey(next ?? undefined)} notFoundContent={t('noneByHand')} options={segments.data?.map((one) => ({ value: one.key, label: say(one.name) }))} />
            </label>
          ))}
        <Radio.Group aria-label={t('what')} value={state} onChange={(event) => setState(event.target.value as Decision)}>
          <Radio value="in">{t('putIn')}</Radio>
          <Radio value="out">{t('takeOut')}</Radio>
          <Radio value="rule">{t('letRule')}</Radio>
        </Radio.Group>
        <p className="note">{t(state === 'rule' ? 'ruleHint' : 'handHint')}</p>
        <label>
          <span>
            {t('reason')} <span className="note">{t(state === 'rule' ? 'reasonMay' : 'reasonMust')}</span>
          </span>
          <Input value={reason} maxLength={200} aria-label={t('reason')} status={tried && lacksReason ? 'error' : undefined} onChange={(event) => setReason(event.target.value)} />
        </label>
        {state !== 'rule' && (
          <label>
            <span>
              {t('until')} <span className="note">{t('untilHint')}</span>
            </span>
            <DatePicker aria-label={t('until')} placeholder={t('untilNone')} value={until ? dayjs(until) : null} minDate={dayjs(dateIn(now, zone))} onChange={(date) => setUntil(date?.format('YYYY-MM-DD'))} />
          </label>
        )}
        {(children !== undefined || people.length > 1) && people.length <= atOnce && <p className="note">{t('atMost', { n: atOnce })}</p>}
        {(tried || people.length > atOnce) && blocked && (
          <p className="wrong" role="alert">
            {blocked}
          </p>
        )}
        {act.error && <ErrorBox error={act.error} />}
        {act.data && act.data.refused.length > 0 && <Refused answer={act.data} people={people} />}
      </div>
    </Modal>
  )
}

function Refused({ answer, people }: { answer: Decided; people: Props['people'] }) {
  const t = useDecideWords()
  const say = useSay()
  return (
    <Alert
      type="warning"
      role="alert"
      title={t('refused', { n: answer.refused.length })}
      description={
        <ul>
          {answer.refused.slice(0, 10).map((one) => (
            <li key={one.id}>
              {people.find(({ id }) => id === one.id)?.name}
              {t('colon')}
              {say(one.detail)}
            </li>
          ))}
          {answer.refused.length > 10 && <li>{t('andMore', { n: answer.refused.length - 10 })}</li>}
        </ul>
      }
    />
  )
}
