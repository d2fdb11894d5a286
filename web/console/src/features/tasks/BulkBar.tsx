import { useQuery } from '@tanstack/react-query'
import { App as Antd, Button, Modal, Select } from 'antd'
import { useMemo, useState } from 'react'
import { newKey } from '../../../../client/http'
import type { Task } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { catalogueQuery, workspaceQuery } from '../../layout/catalogue'
import { useMoment } from '../../layout/now'

import { useLater } from './TaskActions'
import { useWords } from './strings'
import { type BulkResult, type Deed, tryBulk, useBulk } from './work'

interface Props {
  chosen: Task[]
  onClear: () => void
}

/** BulkBar does one thing to the rows that were chosen: first what it would do, row by row, then the deed, then ten minutes to take it back. */
export function BulkBar({ chosen, onClear }: Props) {
  const t = useWords()
  const [kind, setKind] = useState<Deed['kind']>()
  return (
    <div className="bulk" role="toolbar" aria-label={t('bulkBar')}>
      <b aria-live="polite">{t('chosen', { n: chosen.length })}</b>
      <Button onClick={() => setKind('complete')}>{t('bulkComplete')}</Button>
      <Button onClick={() => setKind('postpone')}>{t('postpone')}</Button>
      <Button onClick={() => setKind('skip')}>{t('skip')}</Button>
      <Button onClick={() => setKind('hand')}>{t('bulkHand')}</Button>
      <Button type="text" onClick={onClear}>
        {t('bulkClear')}
      </Button>
      {kind && <BulkModal chosen={chosen} kind={kind} onClose={() => setKind(undefined)} onDone={onClear} />}
    </div>
  )
}

function BulkModal({ chosen, kind, onClose, onDone }: { chosen: Task[]; kind: Deed['kind']; onClose: () => void; onDone: () => void }) {
  const t = useWords()
  const moment = useMoment()
  const { notification } = Antd.useApp()
  const { run, undo } = useBulk()
  const [pick, setPick] = useState<string>()
  const [batch] = useState(() => newKey())
  const [after, setAfter] = useState<BulkResult>()
  const deed: Deed = { tasks: chosen.map((task) => task.id), kind }
  if (pick) deed[({ complete: 'outcome', postpone: 'until', skip: 'reason', hand: 'to' } as const)[kind]] = pick
  const preview = useQuery({ queryKey: ['bulk', deed], queryFn: () => tryBulk(deed), enabled: !!pick && !after, staleTime: 10_000 })
  const choices = useChoices(kind, chosen)
  const result = after ?? preview.data
  const takeBack = (id: string) =>
    undo.mutate(id, {
      onSuccess: (r) => {
        notification.destroy(`bulk-${id}`)
        notification.info({ title: r.failed > 0 ? t('bulkUndonePart', { n: r.done, m: r.failed }) : t('bulkUndone', { n: r.done }), placement: 'bottomLeft' })
      },
      onError: () => notification.error({ title: t('bulkUndoFailed'), placement: 'bottomLeft' }),
    })
  const go = () =>
    run.mutate(
      { deed, batch },
      {
        onSuccess: (r) => {
          notification.success({
            key: `bulk-${batch}`,
            title: t('bulkDone', { n: r.done }),
            description: r.undo && t('bulkUntil', { at: formatAt(new Date(r.undo), moment) }),
            duration: 600,
            placement: 'bottomLeft',
            actions: r.batch ? (
              <Button size="small" onClick={() => takeBack(batch)}>
                {t('undo')}
              </Button>
            ) : undefined,
          })
          if (r.safety + r.failed === 0) {
            onDone()
            onClose()
          } else setAfter(r)
        },
      },
    )
  const close = () => {
    if (after) onDone()
    onClose()
  }
  return (
    <Modal
      open
      width={600}
      title={t(`bulk_${kind}`, { n: chosen.length })}
      onCancel={close}
      okText={after ? t('close') : t('bulkGo', { n: preview.data?.done ?? 0 })}
      okButtonProps={{ disabled: !after && !preview.data?.done, loading: run.isPending }}
      cancelText={t('cancel')}
      onOk={after ? close : go}
    >
      {!after && (
        <Select
          className="bulk-pick"
          aria-label={t(`bulk_${kind}_what`)}
          placeholder={t(`bulk_${kind}_what`)}
          value={pick}
          onChange={setPick}
          options={choices}
          showSearch={{ optionFilterProp: 'label' }}
        />
      )}
      {(preview.error || run.error) && <ErrorBox error={(run.error ?? preview.error) as Error} onRetry={() => void preview.refetch()} />}
      {result && <Rows result={result} done={!!after} />}
    </Modal>
  )
}

function Rows({ result, done }: { result: BulkResult; done: boolean }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  return (
    <>
      <p role="status">
        {t(done ? 'bulkWas' : 'bulkWill', { n: result.done })}
        {result.safety > 0 && ` ${t('bulkSafety', { n: result.safety })}`}
        {result.failed > 0 && ` ${t('bulkFailed', { n: result.failed })}`}
      </p>
      <ul className="bulk-rows">
        {result.rows.map((row) => (
          <li key={row.id} className={row.ok ? undefined : 'bulk-not'}>
            <span>{row.person?.name}</span>
            <span>{row.title && say(row.title)}</span>
            <span className="note">{row.ok ? row.due && formatAt(new Date(row.due), moment) : row.why && say(row.why)}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

/** useChoices are what there is to choose from: outcomes that any of the rows offers, moments ahead, reasons, colleagues. */
function useChoices(kind: Deed['kind'], chosen: Task[]) {
  const t = useWords()
  const say = useSay()
  const later = useLater()
  const reasons = useQuery(catalogueQuery).data?.reasons
  const owners = useQuery(workspaceQuery).data?.owners
  return useMemo(() => {
    switch (kind) {
      case 'complete': {
        const all = new Map<string, string>()
        for (const task of chosen) if (task.priority !== 'safety') for (const r of task.results) all.set(r.key, say(r.text))
        return [...all].map(([value, label]) => ({ value, label }))
      }
      case 'postpone':
        return later.map(({ key, at }) => ({ value: at, label: t(key) }))
      case 'skip':
        return Object.entries(reasons ?? {}).map(([value, text]) => ({ value, label: say(text) }))
      default:
        return (owners ?? []).map((one) => ({ value: one.id, label: one.name }))
    }
    // The moments ahead are made anew with every minute; those first shown stay.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [kind, chosen, reasons, owners])
}
