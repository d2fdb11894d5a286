import { expect, it } from 'vitest'
import { ownerName } from './name'

const owner = (name: string, zh: string) => ({ name, roleText: { zh, en: 'nurse' } })

it.each([
  ['a short title follows the family name', owner('刘敏', '护师'), 'zh', '刘护师'],
  ['a family name of two characters stays whole', owner('欧阳静', '药师'), 'zh', '欧阳药师'],
  ['a profession is said as people say it', owner('刘敏', '健康管理师'), 'zh', '刘护师'],
  ['a long title is left out', owner('刘敏', '项目负责经理'), 'zh', '刘敏'],
  ['English keeps the name', owner('刘敏', '护师'), 'en', '刘敏'],
  ['nobody yet', undefined, 'zh', '护师'],
] as const)('%s', (_reason, who, language, name) => expect(ownerName(who, language, '护师')).toBe(name))
