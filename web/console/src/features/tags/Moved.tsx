import type { TagLine } from '../../../../client/rules'
import { useSay } from '../../../../ui/i18n'
import { dateIn } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { CountedLater } from './FoundList'
import { count } from './Names'
import { useOf } from './of'
import { useWords } from './strings'
import { movedIn } from './tags'

const day = 86_400_000

/** Moved is how often a tag was gained and lost in the last seven days; each number opens who did. */
export function Moved({ tag }: { tag: TagLine }) {
  const t = useWords()
  const say = useSay()
  const programme = useOf()
  const { now, zone } = useMoment()
  const from = dateIn(new Date(now.getTime() - 6 * day), zone)
  const one = (n: number, of: 'gained' | 'lost', text: string) =>
    n === 0 ? <span className="unknown">{text}</span> : <CountedLater text={text} label={t(of === 'gained' ? 'openGained' : 'openLost', { name: say(tag.name), n: count(n) })} of={of} ask={() => movedIn(programme, tag.key, from)} />
  return (
    <span className="nowrap">
      {one(tag.gained7d, 'gained', `+${count(tag.gained7d)}`)} / {one(tag.lost7d, 'lost', `−${count(tag.lost7d)}`)}
    </span>
  )
}
