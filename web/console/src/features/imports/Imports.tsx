import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Pagination, Progress } from 'antd'
import { useRef, useState } from 'react'
import type { Import } from '../../../../client/imports'
import { newKey } from '../../../../client/http'
import { upload } from '../../../../client/upload'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { act, importsQuery, pageSize, undo } from './imports'
import { useWords } from './strings'
import { Wizard } from './Wizard'
import './imports.css'

/** Imports is the list of files brought in: upload, progress, stopping, going on, the refused rows, and undo of a whole import. */
export function Imports({ page, onPage }: { page: number; onPage: (page: number) => void }) {
  const t = useWords()
  const { can } = useSession()
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [share, setShare] = useState<number>()
  const [open, setOpen] = useState<Import>()
  const imports = useQuery(importsQuery(page))
  const list = imports.data
  const send = useMutation({
    mutationFn: (file: File) => upload<Import>('/api/imports', file, { query: { name: file.name }, idempotencyKey: newKey(), onProgress: setShare }),
    onSuccess: (one) => {
      void client.invalidateQueries({ queryKey: ['imports'] })
      setOpen(one)
    },
    onSettled: () => setShare(undefined),
  })
  return (
    <div className="imports">
      <div className="imports-head">
        <span className="note">{t('lead')}</span>
        <input
          ref={input}
          type="file"
          hidden
          accept=".csv,.tsv,.txt,.xlsx,.xls"
          aria-label={t('upload')}
          onChange={(event) => {
            const file = event.target.files?.[0]
            event.target.value = ''
            if (file) send.mutate(file)
          }}
        />
        <span className="imports-acts">
          {list && list.total > 0 && can.includes('people.export') && <Download href="/api/imports.csv" />}
          <Button type="primary" loading={send.isPending} onClick={() => input.current?.click()}>
            {send.isPending ? t('uploading', { n: Math.round((share ?? 0) * 100) }) : t('upload')}
          </Button>
        </span>
      </div>
      {send.error && <ErrorBox error={send.error} onRetry={() => input.current?.click()} />}
      <section className="panel" aria-label={t('imports')}>
        {imports.error && !list ? (
          <ErrorBox error={imports.error} onRetry={() => void imports.refetch()} />
        ) : !list ? (
          <Skeleton lines={8} />
        ) : list.items.length === 0 ? (
          <Empty title={t('none')}>{t('noneBody')}</Empty>
        ) : (
          <table className="imports-table">
            <thead>
              <tr>
                <th scope="col">{t('h_file')}</th>
                <th scope="col">{t('h_when')}</th>
                <th scope="col">{t('h_state')}</th>
                <th scope="col">{t('h_rows')}</th>
                <th scope="col">{t('h_do')}</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map((one) => (
                <Row key={one.number} one={one} onLook={() => setOpen(one)} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      {list && list.total > pageSize && <Pagination align="end" current={page} pageSize={pageSize} total={list.total} showSizeChanger={false} onChange={onPage} />}
      {open && <Wizard one={open} onClose={() => setOpen(undefined)} />}
    </div>
  )
}

const big = (n: number) => n.toLocaleString('en-US')

function Row({ one, onLook }: { one: Import; onLook: () => void }) {
  const t = useWords()
  const say = useSay()
  const moment = { ...useMoment(), now: new Date() } // when a file came is told by the machine's clock
  const client = useQueryClient()
  const { modal, message } = Antd.useApp()
  const doing = useMutation({
    mutationFn: (what: 'stop' | 'continue' | 'discard' | 'undo') => (what === 'undo' ? undo(one) : act(one.number, what)),
    onSettled: () => void client.invalidateQueries({ queryKey: ['imports'] }),
    onError: (error) => void message.error(error.message),
  })
  const r = one.report
  const confirm = () =>
    void modal.confirm({
      title: t('undoTitle', { name: one.name }),
      content: r.keptForConsent ? `${t('undoBody', { n: big(r.events) })} ${t('undoKept', { n: big(r.keptForConsent) })}` : t('undoBody', { n: big(r.events) }),
      okText: t('undoOk', { n: big(r.events) }),
      okButtonProps: { danger: true },
      cancelText: t('cancel'),
      onOk: () => doing.mutate('undo'),
    })
  return (
    <tr>
      <th scope="row">{one.kind === 'table' ? one.name || one.number : t(one.kind, { name: one.name })}</th>
      <td className="nowrap">
        {formatAt(new Date(one.created), moment)}
        {one.by && <div className="note">{say(one.by)}</div>}
      </td>
      <td>
        {t(`s_${one.state}`)}
        {one.state === 'running' && <Progress percent={Math.floor(one.share * 100)} size="small" />}
        {one.asked === 'stop' && <div className="note">{t('stopping')}</div>}
        {one.problem && (
          <div className="note">
            {say(one.problem.text)}
            {one.problem.hint && <> · {say(one.problem.hint)}</>}
          </div>
        )}
      </td>
      <td>
        {r.rows > 0 && t('sum', { rows: big(r.rows), taken: big(r.taken), repeated: big(r.repeated), refused: big(r.refused) })}
        {r.keptForConsent ? <div className="note">{t('kept', { n: big(r.keptForConsent) })}</div> : null}
        {r.partlyRefused ? <div className="note">{t('part', { n: big(r.partlyRefused) })}</div> : null}
        {r.changed ? <div className="note">{t('changed', { n: big(r.changed) })}</div> : null}
        {one.undo && (
          <div className="note">
            {one.kind === 'withdraw' && t('withdrawn', { taken: big(one.undo.taken), people: big(one.undo.people) })}
            {one.kind === 'reinstate' && t('reinstated', { back: big(one.undo.back), people: big(one.undo.people) })}
            {one.kind === 'table' && t('undone', { taken: big(one.undo.taken) })}
            {one.undo.waiting > 0 && <> · {t('waited', { n: big(one.undo.waiting) })}</>}
            {one.kind === 'table' && one.undo.back > 0 && <> · {t('brought', { n: big(one.undo.back) })}</>}
            {one.undo.signed + one.undo.changed > 0 && <> · {t('stays', { signed: big(one.undo.signed), changed: big(one.undo.changed) })}</>}
          </div>
        )}
      </td>
      <td>
        <div className="imports-do">
          {one.state === 'draft' && <Button onClick={onLook}>{t('look')}</Button>}
          {one.state === 'draft' && <Button onClick={() => doing.mutate('discard')}>{t('discard')}</Button>}
          {(one.state === 'running' || one.state === 'waiting') && !one.asked && <Button onClick={() => doing.mutate('stop')}>{t('stop')}</Button>}
          {one.state === 'stopped' && <Button onClick={() => doing.mutate('continue')}>{t('go')}</Button>}
          {one.refused && (
            <Button href={`/api/imports/${one.number}/refused.csv`} download>
              {t('refused')}
            </Button>
          )}
          {one.kind === 'table' && (one.state === 'done' || one.state === 'stopped' || one.state === 'failed') && r.events + (r.keptForConsent ?? 0) > 0 && <Button onClick={confirm}>{t('undo')}</Button>}
        </div>
      </td>
    </tr>
  )
}
