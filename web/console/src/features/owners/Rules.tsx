import { useMutation, useQuery } from '@tanstack/react-query'
import { App as Antd, Button, Checkbox, Input, InputNumber, Select, Switch } from 'antd'
import { useEffect, useState } from 'react'
import { ApiError } from '../../../../client/http'
import type { Balance, OwnerRule, OwnerRules } from '../../../../client/owners'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { workspaceQuery } from '../../layout/catalogue'
import { useOwnersChanged } from '../../layout/owners'
import { coursesAsked, count, rulesQuery, saveRules, tryRules } from './owners'
import { useWords } from './strings'

/** Rules is by which rules new people get an owner, in the order they are asked; they can be tried before they are saved. */
export function Rules({ board }: { board: Balance }) {
  const t = useWords()
  const say = useSay()
  const { message } = Antd.useApp()
  const changed = useOwnersChanged()
  const stored = useQuery(rulesQuery)
  const [rules, setRules] = useState<OwnerRules>()
  useEffect(() => setRules(stored.data), [stored.data])
  const save = useMutation({
    mutationFn: (next: OwnerRules) => saveRules(next),
    onSuccess: () => {
      changed()
      void message.success(t('rulesSaved'))
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 412) {
        void message.warning(t('taken'))
        void stored.refetch()
      }
    },
  })
  const trial = useMutation({ mutationFn: (next: OwnerRules) => tryRules(next) })
  if (stored.error && !stored.data) return <ErrorBox error={stored.error} onRetry={() => void stored.refetch()} />
  if (!rules) return <Skeleton lines={8} />
  const put = (list: OwnerRule[]) => setRules({ ...rules, list })
  const move = (at: number, to: number) => {
    const list = [...rules.list]
    const [one] = list.splice(at, 1)
    if (one) list.splice(to, 0, one)
    put(list)
  }
  const dirty = JSON.stringify(rules) !== JSON.stringify(stored.data)
  return (
    <>
      <p className="note">{t('rulesLead')}</p>
      <section className="panel owners-rules" aria-label={t('t_rules')}>
        <div className="owners-tools">
          <label className="owners-switch">
            <Switch checked={rules.on} onChange={(on) => setRules({ ...rules, on })} aria-label={t('rulesOn')} /> {t('rulesOn')}
          </label>
          <label className="owners-switch">
            {t('rulesCapacity')}
            <InputNumber controls={false} aria-label={t('rulesCapacity')} min={0} max={5000} placeholder="200" value={rules.capacity || null} onChange={(n) => setRules({ ...rules, capacity: n ?? undefined })} />
            <span className="note">{t('rulesCapacityNote')}</span>
          </label>
        </div>
        {rules.list.length === 0 && <Empty title={t('rulesEmpty')} />}
        <ol className="owners-rulelist">
          {rules.list.map((rule, at) => (
            <li key={at} aria-label={t('ruleN', { n: at + 1 })}>
              <RuleFields rule={rule} board={board} onRule={(next) => put(rules.list.map((one, i) => (i === at ? next : one)))} />
              <div className="owners-tools">
                <Button size="small" disabled={at === 0} onClick={() => move(at, at - 1)}>
                  {t('up')}
                </Button>
                <Button size="small" disabled={at === rules.list.length - 1} onClick={() => move(at, at + 1)}>
                  {t('down')}
                </Button>
                <Button size="small" onClick={() => put(rules.list.filter((_, i) => i !== at))}>
                  {t('remove')}
                </Button>
              </div>
            </li>
          ))}
        </ol>
        <div className="owners-tools">
          <Button onClick={() => put([...rules.list, { name: t('ruleN', { n: rules.list.length + 1 }) }])}>{t('addRule')}</Button>
          <Button loading={trial.isPending} onClick={() => trial.mutate(rules)}>
            {t('try', { n: count(board.unassigned) })}
          </Button>
          <Button type="primary" disabled={!dirty} loading={save.isPending} onClick={() => save.mutate(rules)}>
            {t('saveRules')}
          </Button>
          {dirty && <span className="note">{t('unsaved')}</span>}
        </div>
        {trial.data && (
          <div role="status">
            <p>
              <b>{t('tryResult', { n: count(trial.data.people) })}</b>
            </p>
            <ul>
              {trial.data.shares.map((one) => (
                <li key={one.id}>{t('gets', { name: one.name, n: count(one.gets), after: count(one.after), room: count(one.room) })}</li>
              ))}
              {trial.data.none.map((one) => (
                <li key={one.key} className="owners-late">
                  {t('stays', { n: count(one.people), why: say(one.text) })}
                </li>
              ))}
            </ul>
          </div>
        )}
        {trial.error && <ErrorBox error={trial.error} />}
        {save.error && <ErrorBox error={save.error} />}
      </section>
    </>
  )
}

/** Kinds of channels that events know. */
const kinds = ['pharmacy', 'ecommerce', 'hospital', 'hcp', 'event', 'media', 'staff', 'referral'] as const

function RuleFields({ rule, board, onRule }: { rule: OwnerRule; board: Balance; onRule: (rule: OwnerRule) => void }) {
  const t = useWords()
  const say = useSay()
  const programmes = useQuery(workspaceQuery).data?.programmes ?? []
  const courses = useQuery(coursesAsked).data?.items ?? []
  const tags = (key: 'regions' | 'channels' | 'languages', hint: string, options: { value: string; label: string }[] = []) => (
    <label className="hand-field">
      <span>{t(`r_${key}`)}</span>
      <Select className="user-text" mode="tags" aria-label={t(`r_${key}`)} placeholder={hint} value={rule[key] ?? []} onChange={(list: string[]) => onRule({ ...rule, [key]: list.length ? list : undefined })} options={options} />
    </label>
  )
  return (
    <div className="owners-fields">
      <label className="hand-field">
        <span>{t('r_name')}</span>
        <Input className="user-text" aria-label={t('r_name')} maxLength={60} value={rule.name} onChange={(event) => onRule({ ...rule, name: event.target.value })} />
      </label>
      {tags('regions', t('r_regionsHint'))}
      {tags('channels', t('r_channelsHint'), kinds.map((key) => ({ value: key, label: t(`k_${key}`) })))}
      <label className="hand-field">
        <span>{t('r_programmes')}</span>
        <Select mode="multiple" aria-label={t('r_programmes')} placeholder={t('everyone')} value={rule.programmes ?? []} onChange={(list: string[]) => onRule({ ...rule, programmes: list.length ? list : undefined })} options={programmes.map((p) => ({ value: p.key, label: say(p.name) }))} />
      </label>
      {tags('languages', t('everyone'), [{ value: 'zh', label: t('lang_zh') }, { value: 'en', label: t('lang_en') }])}
      <label className="hand-field">
        <span>{t('r_staff')}</span>
        <Select mode="multiple" aria-label={t('r_staff')} placeholder={t('r_staffHint')} value={rule.staff ?? []} onChange={(list: string[]) => onRule({ ...rule, staff: list.length ? list : undefined })} options={board.items.filter((one) => !one.closed).map((one) => ({ value: one.id, label: one.name }))} />
      </label>
      <label className="hand-field">
        <span>{t('r_exam')}</span>
        <Select aria-label={t('r_exam')} value={rule.exam ?? ''} onChange={(key: string) => onRule({ ...rule, exam: key || undefined })} options={[{ value: '', label: t('r_examHint') }, ...courses.filter((one) => one.version > 0).map((one) => ({ value: one.key, label: say(one.title) }))]} />
      </label>
      <Checkbox checked={rule.speaks ?? false} onChange={(event) => onRule({ ...rule, speaks: event.target.checked || undefined })}>
        {t('r_speaks')}
      </Checkbox>
      <Checkbox checked={rule.last ?? false} onChange={(event) => onRule({ ...rule, last: event.target.checked || undefined })}>
        {t('r_last')}
      </Checkbox>
    </div>
  )
}
