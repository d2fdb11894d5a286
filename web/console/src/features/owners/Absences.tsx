import { useMutation, useQuery } from '@tanstack/react-query'
import { App as Antd, Button, DatePicker, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import type { Absence, Balance } from '../../../../client/owners'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { workspaceQuery } from '../../layout/catalogue'
import { useMoment } from '../../layout/now'
import { useOwnersChanged } from '../../layout/owners'
import { useSession } from '../session/session'
import { absencesQuery, addAbsence, endAbsence } from './owners'
import { useWords } from './strings'

/** Absences is who is away when, and who acts for them; one's own may be entered by everybody. */
export function Absences({ board }: { board: Balance }) {
  const t = useWords()
  const [adding, setAdding] = useState(false)
  const list = useQuery(absencesQuery)
  return (
    <>
      <p className="note">{t('absLead')}</p>
      <div>
        <Button type="primary" onClick={() => setAdding(true)}>
          {t('absNew')}
        </Button>
      </div>
      <section className="panel owners-scroll" aria-label={t('t_absence')}>
        {list.error && !list.data ? (
          <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
        ) : !list.data ? (
          <Skeleton lines={6} />
        ) : list.data.total === 0 ? (
          <Empty title={t('absNone')}>{t('absNoneBody')}</Empty>
        ) : (
          <table className="owners-table">
            <thead>
              <tr>
                <th scope="col">{t('absWho')}</th>
                <th scope="col">{t('absFrom')}</th>
                <th scope="col">{t('absTo')}</th>
                <th scope="col">{t('absCover')}</th>
                <th scope="col">{t('h_state')}</th>
                <th scope="col">{t('h_do')}</th>
              </tr>
            </thead>
            <tbody>
              {list.data.items.map((one) => (
                <Row key={one.id} one={one} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      {adding && <Enter board={board} onClose={() => setAdding(false)} />}
    </>
  )
}

function Row({ one }: { one: Absence }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const { message } = Antd.useApp()
  const changed = useOwnersChanged()
  const { can, staff } = useSession()
  const end = useMutation({
    mutationFn: () => endAbsence(one.id),
    onSuccess: () => {
      changed()
      void message.success(t('absEnded'))
    },
  })
  const mine = can.includes('people.assign') || staff.id === one.staff.id
  return (
    <tr>
      <th scope="row">
        <span className="user-text">{one.staff.name}</span>
        {one.note && <p className="note user-text">{one.note}</p>}
      </th>
      <td className="nowrap">{formatAt(new Date(one.from), moment)}</td>
      <td className="nowrap">{one.to ? formatAt(new Date(one.to), moment) : t('untilOpen')}</td>
      <td>{one.cover ? <span className="user-text">{one.cover.name}</span> : t('absCoverNone')}</td>
      <td>
        {t(`absState_${one.state}`)}
        {one.state === 'now' && <p className="note">{!one.counts ? t('overlapped') : one.acts ? t('acts', { name: one.acts.name }) : say(one.why)}</p>}
      </td>
      <td>
        {one.state !== 'past' && mine && (
          <Button size="small" loading={end.isPending} onClick={() => end.mutate()}>
            {t(one.state === 'now' ? 'absEnd' : 'absOff')}
          </Button>
        )}
        {end.error && <ErrorBox error={end.error} />}
      </td>
    </tr>
  )
}

function Enter({ board, onClose }: { board: Balance; onClose: () => void }) {
  const t = useWords()
  const { message } = Antd.useApp()
  const changed = useOwnersChanged()
  const { can, staff } = useSession()
  const [who, setWho] = useState(staff.id)
  const [from, setFrom] = useState<string>()
  const [to, setTo] = useState<string>()
  const [cover, setCover] = useState<string>()
  const [note, setNote] = useState('')
  const [tried, setTried] = useState(false)
  const act = useMutation({
    mutationFn: () => addAbsence({ staff: who, from: from ?? '', to, cover, note: note.trim() || undefined }),
    onSuccess: () => {
      changed()
      void message.success(t('absSaved'))
      onClose()
    },
  })
  const send = () => {
    setTried(true)
    if (from) act.mutate()
  }
  const open = board.items.filter((one) => !one.closed)
  return (
    <Modal open title={t('absNew')} okText={t('absNew')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending }} onOk={send} onCancel={onClose} destroyOnHidden>
      <div className="hand">
        {can.includes('people.assign') && (
          <label className="hand-field">
            <span>{t('absWho')}</span>
            <Select aria-label={t('absWho')} value={who} onChange={setWho} options={open.map((one) => ({ value: one.id, label: one.name }))} />
          </label>
        )}
        <div className="owners-span">
          <label className="hand-field">
            <span>{t('absFrom')}</span>
            <DatePicker aria-label={t('absFrom')} onChange={(day) => setFrom(day?.format('YYYY-MM-DD'))} />
          </label>
          <label className="hand-field">
            <span>{t('absTo')}</span>
            <DatePicker aria-label={t('absTo')} onChange={(day) => setTo(day?.format('YYYY-MM-DD'))} />
            <span className="note">{t('absToNote')}</span>
          </label>
        </div>
        <label className="hand-field">
          <span>{t('absCover')}</span>
          <Cover board={board} who={who} value={cover} onChange={setCover} />
        </label>
        <label className="hand-field">
          <span>{t('absNote')}</span>
          <Input aria-label={t('absNote')} maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />
        </label>
        {tried && !from && (
          <p className="hand-wrong" role="alert">
            {t('absPickFrom')}
          </p>
        )}
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}

function Cover({ board, who, value, onChange }: { board: Balance; who: string; value?: string; onChange: (id: string | undefined) => void }) {
  const t = useWords()
  // Whoever sees only their own line chooses among the owners everybody may see.
  const owners = useQuery(workspaceQuery).data?.owners
  const some = board.all ? board.items.filter((one) => !one.closed) : (owners ?? [])
  return (
    <Select
      aria-label={t('absCover')}
      allowClear={false}
      value={value ?? ''}
      onChange={(id: string) => onChange(id || undefined)}
      options={[{ value: '', label: t('absCoverNone') }, ...some.filter((one) => one.id !== who).map((one) => ({ value: one.id, label: one.name }))]}
    />
  )
}
