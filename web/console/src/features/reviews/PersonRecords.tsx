import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App as Antd, Button, Popconfirm } from 'antd'
import { useState } from 'react'
import type { Members } from '../../../../client/reviews'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { PersonName } from '../../layout/PersonName'
import { MergeModal } from './MergeModal'
import { useRecordWords } from './recordWords'
import { membersQuery, unmerge, unsplit } from './reviews'
import { SplitModal } from './SplitModal'
import './reviews.css'

type Record = Members['items'][number]

/** PersonRecords says which records are one person, how each is known, and takes a merge back, however long ago it was. */
export function PersonRecords({ id }: { id: string }) {
  const t = useRecordWords()
  const members = useQuery(membersQuery(id))
  const [open, setOpen] = useState(false)
  const [merging, setMerging] = useState(false)
  if (members.error) return <ErrorBox error={members.error} onRetry={() => void members.refetch()} />
  if (!members.data) return null
  const { items, mayMerge, maySplit, waiting, parted } = members.data
  const first = waiting[0]
  return (
    <section className="panel person-records" aria-label={t('title')}>
      <div className="person-line">
        <h2>{t('title')}</h2>
        <div>
          <div className="reviews-head">
            <span>{items.length > 1 ? <b>{t('many', { n: items.length })}</b> : t('one')}</span>
            {first && (
              <span>
                <b>{t('waits', { n: waiting.length })}</b>{' '}
                <Link to="/reviews/$id" params={{ id: first.id }}>
                  {t('look')}
                </Link>
              </span>
            )}
            <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
              {t(open ? 'hide' : 'show')}
            </button>
            {mayMerge && (
              <Button size="small" onClick={() => setMerging(true)}>
                {t('merge')}
              </Button>
            )}
          </div>
          {parted.length > 0 && (
            <ul className="record-list">
              {parted.map((one) => (
                <Parted key={one.id} id={id} other={one} />
              ))}
            </ul>
          )}
          {(open || items.length > 1) && (
            <ul className="record-list">
              {items.map((one) => (
                <One key={one.id} id={id} record={one} open={open} mayMerge={mayMerge} maySplit={maySplit} several={items.length > 1} />
              ))}
            </ul>
          )}
        </div>
      </div>
      {merging && <MergeModal id={id} onClose={() => setMerging(false)} />}
    </section>
  )
}

/** Parted is somebody whose identifiers were taken from this person, or the other way round. */
function Parted({ id, other }: { id: string; other: Members['parted'][number] }) {
  const t = useRecordWords()
  const moment = useMoment()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const back = useMutation({
    mutationFn: () => unsplit(id, other.id),
    onSuccess: () => {
      void client.invalidateQueries()
      void message.success({ content: t('unsplitDone'), duration: 6 })
    },
  })
  return (
    <li>
      <div>
        {t('partedWith')}{' '}
        <Link to="/people/$id" params={{ id: other.id }}>
          <PersonName of={other} />
        </Link>{' '}
        <span className="note">{t('partedAt', { at: formatAt(new Date(other.at), moment), n: other.moved.toLocaleString('en-US') })}</span>
        {back.error && <ErrorBox error={back.error} />}
      </div>
      <Popconfirm title={t('unsplitSure')} okText={t('unsplit')} cancelText={t('keep')} onConfirm={() => back.mutate()}>
        <Button size="small" loading={back.isPending}>
          {t('unsplit')}
        </Button>
      </Popconfirm>
    </li>
  )
}

function One({ id, record, open, mayMerge, maySplit, several }: { id: string; record: Record; open: boolean; mayMerge: boolean; maySplit: boolean; several: boolean }) {
  const t = useRecordWords()
  const say = useSay()
  const moment = useMoment()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [splitting, setSplitting] = useState(false)
  const end = useMutation({
    mutationFn: () => unmerge(id, record.id),
    onSuccess: () => {
      void client.invalidateQueries()
      void message.success({ content: t('unmerged'), duration: 6 })
    },
  })
  return (
    <li>
      <div>
        <b>
          <PersonName of={record} />
        </b> <span className="note">{t('since', { at: formatAt(new Date(record.created), moment) })}</span> {several && record.root && <span className="note">{t('root')}</span>}
        {open && (
          <p className="record-ids note">
            {record.identifiers.length === 0 && t('none')}
            {record.identifiers.map((one) => (
              <span key={one.key} className="user-text">
                {say(one.typeText)}
                {one.scope && ` ${one.scope}`} {one.value}
              </span>
            ))}
          </p>
        )}
        {end.error && <ErrorBox error={end.error} />}
      </div>
      {mayMerge && (
        <span>
          {open && maySplit && record.identifiers.length > 1 && (
            <Button size="small" onClick={() => setSplitting(true)}>
              {t('split')}
            </Button>
          )}{' '}
          {!record.root && (
            <Popconfirm title={t('unmergeSure')} okText={t('unmerge')} cancelText={t('keep')} onConfirm={() => end.mutate()}>
              <Button size="small" loading={end.isPending}>
                {t('unmerge')}
              </Button>
            </Popconfirm>
          )}
        </span>
      )}
      {splitting && <SplitModal id={id} record={record} onClose={() => setSplitting(false)} />}
    </li>
  )
}
