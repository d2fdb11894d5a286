import { words } from './i18n'

/** Meal slots in the order of a day, as the server knows them; the columns of the glucose log. */
export const slots = [
  'fasting',
  'after_breakfast_2h',
  'before_lunch',
  'after_lunch_2h',
  'before_dinner',
  'after_dinner_2h',
  'bedtime',
  'night',
  'random',
] as const

export type Slot = (typeof slots)[number]

const useNames = words('slots', {
  zh: {
    fasting: '空腹',
    after_breakfast_2h: '早饭后',
    before_lunch: '午饭前',
    after_lunch_2h: '午饭后',
    before_dinner: '晚饭前',
    after_dinner_2h: '晚饭后',
    bedtime: '睡前',
    night: '凌晨',
    random: '其他时间',
    unknown: '未写餐段',
  },
  en: {
    fasting: 'Fasting',
    after_breakfast_2h: 'After breakfast',
    before_lunch: 'Before lunch',
    after_lunch_2h: 'After lunch',
    before_dinner: 'Before dinner',
    after_dinner_2h: 'After dinner',
    bedtime: 'Bedtime',
    night: 'At night',
    random: 'Other time',
    unknown: 'No meal slot',
  },
})

const useShortNames = words('slots-short', {
  zh: {
    fasting: '空腹',
    after_breakfast_2h: '早后',
    before_lunch: '午前',
    after_lunch_2h: '午后',
    before_dinner: '晚前',
    after_dinner_2h: '晚后',
    bedtime: '睡前',
    night: '凌晨',
    random: '其他',
    unknown: '未写',
  },
  en: {
    fasting: 'Fasting',
    after_breakfast_2h: 'Aft. brk.',
    before_lunch: 'Bef. lun.',
    after_lunch_2h: 'Aft. lun.',
    before_dinner: 'Bef. din.',
    after_dinner_2h: 'Aft. din.',
    bedtime: 'Bedtime',
    night: 'Night',
    random: 'Other',
    unknown: 'None',
  },
})

function known(context: string): Slot | 'unknown' {
  return (slots as readonly string[]).includes(context) ? (context as Slot) : 'unknown'
}

/** useSlotName gives the words for a meal slot; an empty or strange one is said to be missing, never shown raw. */
export function useSlotName(): (context: string) => string {
  const name = useNames()
  return (context) => name(known(context))
}

export function useSlotShort(): (context: string) => string {
  const name = useShortNames()
  return (context) => name(known(context))
}
