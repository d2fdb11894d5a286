import { useQuery } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { address } from '../../../../client/http'
import type { Balance, Who } from '../../../../client/owners'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { Download } from '../../layout/Download'
import { useMoment } from '../../layout/now'
import { PersonName } from '../../layout/PersonName'
import { type Opens, dragged } from './Board'
import { count, ownerPeople, unassignedQuery } from './owners'
import { useWords } from './strings'

interface Props {
  board: Balance
  Opens: Opens
  chosen: ReadonlyMap<string, string>
  onChosen: (chosen: ReadonlyMap<string, string>) => void
  onGive: (people: Who[]) => void
}

/** Unassigned is the queue of those without an owner, each with the reason. */
export function Unassigned({ board, Opens, chosen, onChosen, onGive }: Props) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const [why, setWhy] = useState<string>()
  const queue = useQuery(unassignedQuery(why))
  const items = queue.data?.items ?? []
  const choose = (who: Who, on: boolean) => {
    const next = new Map(chosen)
    if (on) next.set(who.id, who.name)
    else next.delete(who.id)
    onChosen(next)
  }
  return (
    <section className="panel owners-queue" aria-label={t('unassigned')}>
      <h2>
        {t('unassigned')} {board.unassigned === 0 ? <span>0</span> : <Opens text={count(board.unassigned)} label={`${t('unassigned')} ${count(board.unassigned)}`} of="unassigned" ask={() => ownerPeople({ of: 'unassigned' })} />}
      </h2>
      {board.unassigned === 0 ? (
        <p className="note">{t('unassignedNone')}</p>
      ) : (
        <>
          <div className="owners-tools">
            <Select
              aria-label={t('reasonsAll')}
              value={why ?? ''}
              popupMatchSelectWidth={false}
              onChange={(key: string) => {
                setWhy(key || undefined)
                onChosen(new Map())
              }}
              options={[{ value: '', label: t('reasonsAll') }, ...board.waiting.map((one) => ({ value: one.key, label: `${say(one.text)} ${count(one.people)}` }))]}
            />
            <Download href={address('/api/unassigned.csv', { why })} />
          </div>
          <div className="owners-tools">
            <button type="button" className="link" onClick={() => onChosen(new Map(items.map(({ person }) => [person.id, person.name])))}>
              {t('chooseAll', { n: count(items.length) })}
            </button>
            {chosen.size > 0 && (
              <>
                <span>{t('chosen', { n: count(chosen.size) })}</span>
                <Button size="small" type="primary" onClick={() => onGive([...chosen].map(([id, name]) => ({ id, name })))}>
                  {t('change')}
                </Button>
              </>
            )}
          </div>
          {queue.error && !queue.data ? (
            <ErrorBox error={queue.error} onRetry={() => void queue.refetch()} />
          ) : !queue.data ? (
            <Skeleton lines={6} />
          ) : (
            <ul className="owners-waiting">
              {items.map((one) => (
                <li key={one.person.id} draggable onDragStart={(event) => event.dataTransfer.setData(dragged, JSON.stringify(one.person))}>
                  <label>
                    <input type="checkbox" checked={chosen.has(one.person.id)} onChange={(event) => choose(one.person, event.target.checked)} />
                    <PersonName of={one.person} />
                  </label>
                  <p className="note">
                    {say(one.why)}
                    {one.rule && <span className="user-text"> · {one.rule}</span>}
                    {one.since && ` · ${formatAt(new Date(one.since), moment)}`}
                  </p>
                </li>
              ))}
            </ul>
          )}
          {(queue.data?.total ?? 0) > items.length && <p className="note">{t('more', { n: count(items.length) })}</p>}
        </>
      )}
    </section>
  )
}
