import { useQuery } from '@tanstack/react-query'
import { Button, Modal, Progress } from 'antd'
import { useState } from 'react'
import type { RehearsalSpace } from '../../../../client/spaces'
import { useSay } from '../../../../ui/i18n'
import { Empty, ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { useSession } from '../session/session'
import { BringOver } from './BringOver'
import { ClockMoves } from './ClockMoves'
import { Happened } from './Happened'
import { MakeForm } from './MakeForm'
import { clockQuery, enter, spacesQuery, useSpaces } from './spaces'
import { useWords } from './strings'
import './rehearsals.css'

/** RehearsalsPage makes rehearsals beside the live workspace and removes them, goes there and back, moves the clock and takes drafts over. */
export function RehearsalsPage() {
  const t = useWords()
  const { workspace } = useSession()
  const spaces = useQuery(spacesQuery)
  const [making, setMaking] = useState(false)
  if (spaces.error) return <ErrorBox error={spaces.error} onRetry={() => void spaces.refetch()} />
  if (!spaces.data) return <Skeleton lines={10} />
  const { live, items, may, most } = spaces.data
  const rehearsing = workspace.kind === 'rehearsal'
  const others = [
    ...(rehearsing && live ? [{ id: live.id, name: `${t('live')} ${live.name}` }] : []),
    ...items.filter((one) => one.state === 'ready' && !one.here).map(({ id, name }) => ({ id, name })),
  ]
  const busy = items.some((one) => one.state === 'making')
  return (
    <div className="spaces">
      <header className="spaces-head">
        <h1 className="page-title">{t('title')}</h1>
        {may && (
          <Button type="primary" disabled={busy || items.length >= most} title={items.length >= most ? t('full', { n: most }) : undefined} onClick={() => setMaking(true)}>
            {t('make')}
          </Button>
        )}
      </header>
      <p className="note">{t(live ? (rehearsing ? 'lineHere' : 'line') : 'alone')}</p>
      {rehearsing && (
        <>
          <section className="panel spaces-box" aria-label={t('clock')}>
            <h2>{t('clock')}</h2>
            <p className="note">{t('clockLine')}</p>
            <Now />
            {!workspace.beside && <ClockMoves />}
          </section>
          <Happened />
        </>
      )}
      {live && items.length === 0 && (
        <Empty title={t('none')} action={may && <Button onClick={() => setMaking(true)}>{t('make')}</Button>}>
          {t('noneLine')}
        </Empty>
      )}
      {items.length > 0 && (
        <ul className="spaces-list">
          {items.map((one) => (
            <Space key={one.id} space={one} may={may} />
          ))}
        </ul>
      )}
      {others.length > 0 && <BringOver from={others} />}
      {making && <MakeForm onClose={() => setMaking(false)} />}
    </div>
  )
}

function Now() {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const may = useSession().can.includes('clock.move')
  const next = useQuery({ ...clockQuery, enabled: may }).data?.next
  return (
    <p>
      <time className="spaces-now" dateTime={moment.now.toISOString()}>
        {formatAt(moment.now, { ...moment, now: new Date(0) })}
      </time>{' '}
      {may && <span className="note">{next ? t('nextAt', { at: formatAt(new Date(next.at), moment), what: say(next.text) }) : t('noNext')}</span>}
    </p>
  )
}

type Asked = 'reset' | 'remove'

function Space({ space, may }: { space: RehearsalSpace; may: boolean }) {
  const t = useWords()
  const moment = useMoment()
  const { reset, remove } = useSpaces()
  const [asked, setAsked] = useState<Asked>()
  const [going, setGoing] = useState(false)
  const [error, setError] = useState<unknown>()
  const go = () => {
    setGoing(true)
    enter(space.id).catch((e: unknown) => {
      setGoing(false)
      setError(e)
    })
  }
  const doing = asked === 'reset' ? reset : remove
  const done = () => doing.mutate(space.id, { onSuccess: () => setAsked(undefined) })
  const making = space.state === 'making'
  return (
    <li className="panel spaces-box">
      <div className="spaces-line">
        <h2 className="user-text">{space.name}</h2>
        <span className="badge">{space.here ? t('here') : making ? t('making', { n: space.done }) : t(space.state)}</span>
      </div>
      {making && <Progress percent={space.done} showInfo={false} aria-label={t('making', { n: space.done })} />}
      <p className="note">
        {t('facts', { people: space.people, days: space.days, seed: space.seed })} · {t('made', { at: formatAt(new Date(space.created), moment) })}
        {space.now && <> · {t('clockAt', { at: formatAt(new Date(space.now), { ...moment, now: new Date(0) }) })}</>}
      </p>
      {!space.here && (
        <div className="spaces-acts">
          {space.state === 'ready' && (
            <Button type="primary" loading={going} onClick={go}>
              {t('enter')}
            </Button>
          )}
          {may && space.state === 'ready' && <Button onClick={() => setAsked('reset')}>{t('reset')}</Button>}
          {may && (making ? <Button loading={remove.isPending} onClick={() => remove.mutate(space.id)}>{t('stop')}</Button> : <Button onClick={() => setAsked('remove')}>{t('remove')}</Button>)}
        </div>
      )}
      {error !== undefined && <ErrorBox error={error} />}
      {asked && (
        <Modal open title={t(`${asked}Sure`, { name: space.name })} okText={t(asked)} cancelText={t('keep')} okButtonProps={{ danger: true, loading: doing.isPending }} onOk={done} onCancel={() => setAsked(undefined)}>
          <p>{t(`${asked}Line`)}</p>
          {doing.error && <ErrorBox error={doing.error} />}
        </Modal>
      )}
    </li>
  )
}
