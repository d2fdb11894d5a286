import { Link } from '@tanstack/react-router'
import { Popover } from 'antd'
import type { Who } from '../../../../client/types'
import { useWords } from './strings'

/** People is a few people by name, each a link; more of them than are listed are told in a number. */
export function People({ people, total }: { people: readonly Who[]; total: number }) {
  const t = useWords()
  if (people.length === 0) return <p className="unknown">{t(total > 0 ? 'noneVisible' : 'nobody')}</p>
  return (
    <ul className="names">
      {people.map(({ id, name }) => (
        <li key={id}>
          <Link to="/people/$id" params={{ id }} className="user-text">
            {name}
          </Link>
        </li>
      ))}
      {total > people.length && <li className="note">{t('andMore', { n: count(total - people.length) })}</li>}
    </ul>
  )
}

/** Who is a number that opens its people: some by name, and all of them where the list of people can show them. */
export function Whose({ n, people, text, all }: { n: number; people: readonly Who[] | undefined; text: string; all?: React.ReactNode }) {
  const t = useWords()
  if (n === 0) return <span>{text}</span>
  return (
    <Popover
      trigger="click"
      placement="bottomLeft"
      title={people && n > people.length ? t('someOf', { n: people.length, of: count(n) }) : text}
      content={
        <div className="names-box">
          <People people={people ?? []} total={n} />
          {all}
        </div>
      }
    >
      <button type="button" className="link">
        {text}
      </button>
    </Popover>
  )
}

/** count is 1,204. */
export const count = (n: number): string => n.toLocaleString('en-US')
