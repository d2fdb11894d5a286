import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Drawer, Input, Popconfirm } from 'antd'
import type { TextAreaRef } from 'antd/es/input/TextArea'
import { useRef, useState } from 'react'
import { ApiError } from '../../../../client/http'
import type { RejectText } from '../../../../client/sources'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useKeep } from '../../layout/keep'
import { useMoment } from '../../layout/now'
import { broken, count, dropReject, indent, placeOf, rejectQuery, replayReject, useMachineAt } from './data'
import { reasonText } from './reasons'
import { useWords } from './strings'

/** RejectDrawer is one refused event: what was sent, what is wrong with it and where; it is mended, replayed or dropped. */
export function RejectDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useWords()
  const reject = useQuery(rejectQuery(id))
  const dirty = useRef(false)
  const cancel = useKeep(() => dirty.current, onClose)
  return (
    <Drawer open size={680} title={t('oneTitle')} onClose={cancel}>
      {reject.error ? (
        <ErrorBox error={reject.error} onRetry={() => void reject.refetch()} />
      ) : reject.data ? (
        <One reject={reject.data} onDirty={(now) => (dirty.current = now)} onClose={onClose} />
      ) : (
        <Skeleton lines={10} />
      )}
    </Drawer>
  )
}

function One({ reject, onDirty, onClose }: { reject: RejectText; onDirty: (now: boolean) => void; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const machine = useMachineAt()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const box = useRef<TextAreaRef>(null)
  const [was] = useState(() => indent(reject.raw))
  const [text, setText] = useState(was)
  const mended = text !== was
  const editable = reject.state === 'open' && reject.raw !== '' && !reject.lost
  const done = (word: 'replayed' | 'dropped') => {
    onDirty(false)
    void client.invalidateQueries({ queryKey: ['intake', 'rejects'] })
    void client.invalidateQueries({ queryKey: ['intake', 'sources'] })
    void message.success(t(word))
    onClose()
  }
  const replay = useMutation({ mutationFn: () => replayReject(reject.id, mended ? text : undefined), onSuccess: () => done('replayed') })
  const drop = useMutation({ mutationFn: () => dropReject(reject.id), onSuccess: () => done('dropped') })
  const problem = replay.error instanceof ApiError && replay.error.status < 500 ? replay.error.problem : undefined
  const show = (field: string) => {
    const place = placeOf(text, field)
    const area = box.current?.resizableTextArea?.textArea
    if (!place || !area) return
    area.focus()
    area.setSelectionRange(...place)
  }
  const change = (next: string) => {
    setText(next)
    onDirty(next !== was)
  }
  const wrong = (words: string, field: string | undefined, hint?: string) => (
    <>
      <b>{words}</b>
      {field && (
        <p>
          {t('where')} <code>{field}</code>{' '}
          {editable && placeOf(text, field) && (
            <button type="button" className="link" onClick={() => show(field)}>
              {t('goThere')}
            </button>
          )}
        </p>
      )}
      {hint && <p>{hint}</p>}
    </>
  )
  return (
    <div className="data-drawer">
      <p>
        {reject.source.name} · {reject.name ? say(reject.name) : reject.type ? <code>{reject.type}</code> : t('noType')} · {formatAt(new Date(reject.first), moment)} · {t('timesN', { n: count(reject.times) })}
      </p>
      <section className="data-trouble" aria-label={t('wrong')}>
        {problem ? (
          <div role="alert">
            <p className="note">{t('stillWrong')}</p>
            {wrong(say(problem.text) || say(reasonText(problem.code ?? '')), problem.field, say(problem.hintText))}
          </div>
        ) : (
          wrong(say(reasonText(reject.reason)), reject.field)
        )}
      </section>
      {reject.raw === '' ? (
        <p className="unknown">{t('gone')}</p>
      ) : (
        <label className="data-field">
          <span>{t(editable ? 'edit' : 'sent')}</span>
          <Input.TextArea ref={box} className="data-json" aria-label={t(editable ? 'edit' : 'sent')} value={text} readOnly={!editable} spellCheck={false} autoSize={{ minRows: 8, maxRows: 26 }} onChange={(e) => change(e.target.value)} />
        </label>
      )}
      {reject.lost && <p className="note">{t('lost')}</p>}
      {mended && broken(text) && (
        <p className="data-wrong" role="alert">
          {t('notJson')}
        </p>
      )}
      {reject.state === 'open' && (
        <div className="data-acts">
          <Button type="primary" disabled={reject.raw === '' || (mended && broken(text))} loading={replay.isPending} onClick={() => replay.mutate()}>
            {t(mended ? 'replayMended' : 'replay')}
          </Button>
          {mended && <Button onClick={() => change(was)}>{t('undoEdit')}</Button>}
          <Popconfirm title={t('dropAsk')} description={t('dropBody')} okText={t('drop')} cancelText={t('cancel')} onConfirm={() => drop.mutateAsync().catch(() => undefined)}>
            <Button loading={drop.isPending}>{t('drop')}</Button>
          </Popconfirm>
        </div>
      )}
      {reject.done && (
        <p>
          {t(`st_${reject.state}`)} · {t('handled', { by: reject.by?.name ?? '', at: machine(reject.done) })}
        </p>
      )}
      {replay.error && !problem && <ErrorBox error={replay.error} onRetry={() => replay.mutate()} />}
      {drop.error && <ErrorBox error={drop.error} />}
      <p className="note">{t('seen')}</p>
    </div>
  )
}
