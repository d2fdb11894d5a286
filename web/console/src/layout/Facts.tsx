import type { Gender } from '../../../client/types'
import { PersonName } from './PersonName'
import { useWords } from './strings'

interface Props {
  person: { id?: string; name: string; age?: number; gender?: Gender; livesAlone?: boolean; last4?: string }
  /** The last four digits of the phone tell two people of one name apart. */
  tail?: boolean
}

/** Facts is 张桂芳 68 岁 女 尾号 0412, on one line; what is not known is left out. */
export function Facts({ person, tail }: Props) {
  const t = useWords()
  return (
    <span className="facts">
      <b className="nowrap">
        <PersonName of={person} />
      </b>{' '}
      <span className="nowrap facts-more">
        {[
          person.age !== undefined && t('age', { n: person.age }),
          person.gender && t(person.gender),
          tail && person.last4 && t('tail', { n: person.last4 }),
          person.livesAlone && t('alone'),
        ]
          .filter(Boolean)
          .join(' ')}
      </span>
    </span>
  )
}
