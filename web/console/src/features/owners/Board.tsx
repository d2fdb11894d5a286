import { Alert, Button, Dropdown } from 'antd'
import { type ComponentType, useState } from 'react'
import type { Balance, OwnerLine, Who } from '../../../../client/owners'
import type { Text } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { Empty } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { HandModal } from '../../layout/HandModal'
import { useMoment } from '../../layout/now'
import { type Ask, count, ownerPeople } from './owners'
import { Settings } from './Settings'
import { useWords } from './strings'
import { Unassigned } from './Unassigned'

/** What opens the people behind a number; the route hands it in. */
export type Opens = ComponentType<{ text: string; label: string; of: string; ask: () => Promise<{ found: string }> }>

interface Props {
  board: Balance
  manages: boolean
  Opens: Opens
  onHand: (id: string) => void
}

/** Board is each member of staff with what they carry, and whoever has nobody yet, to be given away by a drag or a click. */
export function Board({ board, manages, Opens, onHand }: Props) {
  const t = useWords()
  const [setting, setSetting] = useState<OwnerLine>()
  const [given, setGiven] = useState<{ people: Who[]; to?: string }>()
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map())
  const open = (text: string, label: string, ask: Ask) => (text === '0' ? <span>0</span> : <Opens text={text} label={label} of={ask.of} ask={() => ownerPeople(ask)} />)
  return (
    <>
      <p className="note">{t(board.all ? 'lead' : 'mine')}</p>
      {board.escalated > 0 && (
        <Alert type="warning" showIcon title={open(t('escalated', { n: count(board.escalated) }), t('openEscalated', { n: count(board.escalated) }), { of: 'escalated' })} />
      )}
      <div className={board.all ? 'owners-two' : undefined}>
        {board.all && <Unassigned board={board} Opens={Opens} chosen={chosen} onChosen={setChosen} onGive={(people) => setGiven({ people })} />}
        <section className="panel owners-scroll" aria-label={t('title')}>
          {board.items.length === 0 ? (
            <Empty title={t('none')}>{t('noneBody')}</Empty>
          ) : (
            <table className="owners-table">
              <thead>
                <tr>
                  {(['name', 'people', 'open', 'late', 'safety', 'programmes', 'state'] as const).map((key) => (
                    <th key={key} scope="col">
                      {t(`h_${key}`)}
                    </th>
                  ))}
                  {manages && <th scope="col">{t('h_do')}</th>}
                </tr>
              </thead>
              <tbody>
                {board.items.map((line) => (
                  <Line
                    key={line.id}
                    line={line}
                    manages={manages}
                    open={open}
                    onSetting={() => setSetting(line)}
                    onHand={() => onHand(line.id)}
                    onDropped={(who) => setGiven({ people: chosen.has(who.id) ? [...chosen].map(([id, name]) => ({ id, name })) : [who], to: line.id })}
                  />
                ))}
              </tbody>
            </table>
          )}
        </section>
      </div>
      {setting && <Settings line={setting} onClose={() => setSetting(undefined)} />}
      {given && <HandModal people={given.people} to={given.to} onClose={() => setGiven(undefined)} onDone={() => setChosen(new Map())} />}
    </>
  )
}

interface LineProps {
  line: OwnerLine
  manages: boolean
  open: (text: string, label: string, ask: Ask) => React.ReactNode
  onSetting: () => void
  onHand: () => void
  onDropped: (who: Who) => void
}

/** The kind of what is dragged: somebody's id and name. */
export const dragged = 'application/x-peiban-person'

function Line({ line, manages, open, onSetting, onHand, onDropped }: LineProps) {
  const t = useWords()
  const say = useSay()
  const [over, setOver] = useState(false)
  const takes = manages && !line.closed
  const name = line.name
  const share = line.capacity > 0 ? Math.min(1, line.people / line.capacity) : 1
  return (
    <tr
      className={over ? 'owners-over' : undefined}
      onDragOver={(event) => {
        if (!takes || !event.dataTransfer.types.includes(dragged)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false)
        const text = event.dataTransfer.getData(dragged)
        if (!takes || !text) return
        event.preventDefault()
        onDropped(JSON.parse(text) as Who)
      }}
    >
      <th scope="row">
        <span className="user-text">{name}</span>
        <p className="note">{say(line.roleText)}</p>
        {line.languages.length > 0 && <p className="note">{t('languages', { list: line.languages.map((key) => languageName(key, t)).join(' · ') })}</p>}
      </th>
      <td className="owners-load">
        {open(count(line.people), t('openPeople', { name, n: count(line.people) }), { of: 'people', owner: line.id })} <span className="note nowrap">{t('ofRoom', { n: count(line.capacity) })}</span>
        <span className={line.people > line.capacity ? 'owners-bar owners-full' : 'owners-bar'} aria-hidden="true">
          <i style={{ width: `${share * 100}%` }} />
        </span>
        {line.people > line.capacity && <p className="owners-late">{t('over', { n: count(line.people - line.capacity) })}</p>}
      </td>
      <td>{open(count(line.open), t('openTasks', { name, n: count(line.open) }), { of: 'open', owner: line.id })}</td>
      <td className={line.late > 0 ? 'owners-late' : undefined}>{open(count(line.late), t('openLate', { name, n: count(line.late) }), { of: 'late', owner: line.id })}</td>
      <td className={line.safety > 0 ? 'owners-safety' : undefined}>{open(count(line.safety), t('openSafety', { name, n: count(line.safety) }), { of: 'safety', owner: line.id })}</td>
      <td>
        <ul className="owners-parts">
          {line.programmes.map((p) => (
            <li key={p.key}>
              <span>{say(p.name)}</span> {open(count(p.people), t('openProgramme', { name, programme: say(p.name), n: count(p.people) }), { of: 'programme', owner: line.id, key: p.key })}
            </li>
          ))}
        </ul>
      </td>
      <td>
        <Standing line={line} say={say} />
      </td>
      {manages && (
        <td>
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'hand', label: t('hand'), disabled: line.people === 0 },
                { key: 'setting', label: t('setting') },
              ],
              onClick: ({ key }) => (key === 'hand' ? onHand() : onSetting()),
            }}
          >
            <Button size="small" aria-label={`${t('h_do')} ${name}`}>
              {t('h_do')}
            </Button>
          </Dropdown>
        </td>
      )}
    </tr>
  )
}

function Standing({ line, say }: { line: OwnerLine; say: (text?: Text) => string }) {
  const t = useWords()
  const moment = useMoment()
  const a = line.absence
  return (
    <>
      {line.closed && <p>{t('accountClosed')}</p>}
      {a && (
        <p>
          <b>{a.to ? t('away', { to: formatAt(new Date(a.to), moment) }) : t('awayOpen')}</b>
          <span className="note"> {a.acts ? t('acts', { name: a.acts.name }) : say(a.why)}</span>
        </p>
      )}
      {line.covers.length > 0 && <p>{t('covers', { names: line.covers.map((one) => one.name).join(' · ') })}</p>}
      {!line.takes && !line.closed && <p className="note">{t('closedNew')}</p>}
      {!line.closed && !a && <p className="note">{t('here')}</p>}
    </>
  )
}

/** languageName is a language in words where it is one of the product's, else its code. */
export function languageName(key: string, t: ReturnType<typeof useWords>): string {
  return key === 'zh' ? t('lang_zh') : key === 'en' ? t('lang_en') : key
}
