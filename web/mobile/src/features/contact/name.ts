import type { Language, Me } from '../../../../client/types'

/** Family names of two characters; all others have one. */
const double = ['欧阳', '司马', '上官', '诸葛', '皇甫', '尉迟', '公孙', '慕容', '令狐', '夏侯', '东方', '司徒']

/** What people call a profession to its face. */
const spoken: Record<string, string> = { 健康管理师: '护师', 主管药师: '药师', 执业药师: '药师' }

/**
 * ownerName is how a person speaks of the one who looks after them: 刘护师. A long title does not fit a button and is
 * left out: 刘敏.
 */
export function ownerName(owner: Me['owner'], language: Language, someone: string): string {
  if (!owner) return someone
  const role = language === 'zh' ? (spoken[owner.roleText.zh] ?? owner.roleText.zh) : ''
  if (role === '' || role.length > 3 || !/\p{Script=Han}/u.test(owner.name)) return owner.name
  const family = double.find((name) => owner.name.startsWith(name)) ?? owner.name.slice(0, 1)
  return family + role
}
