import { words } from '../../../../../ui/i18n'

const zh = {
  condition: '哪种病', status: '状态', cause: '原因', verified: '看过原件', note: '备注', name: '写成什么', system: '分期系统', stage: '分期', side: '哪一侧',
  extent: '受累范围', due: '预产期', level: '第几级', felt: '当时有没有感觉', action: '怎么了', timesPerDay: '一天几次', times: '什么时候用', days: '用多少天', doseText: '用法原话',
  reason: '为什么', drug: '哪种激素', dose: '每次多少', doseUnit: '剂量单位', generic: '药名', test: '哪一项', value: '数值', unit: '单位', refLow: '参考下限', refHigh: '参考上限', judged: '报告上的判断', lab: '哪家化验室',
  kind: '哪一种', substance: '对什么过敏', severity: '程度', reaction: '什么反应', active: '现在还算数', class: '哪类药', procedure: '哪种手术', inDays: '多少天以后', hospital: '医院',
  department: '科室', modality: '什么检查', site: '部位', finding: '报告所见', result: '结果', hba1cHigh: '糖化上限', fastingLow: '空腹下限', fastingHigh: '空腹上限', afterMealHigh: '餐后上限',
  systolicHigh: '收缩压上限', diastolicHigh: '舒张压上限', ldlHigh: '低密度脂蛋白上限', weightGoal: '目标体重', perWeek: '每周几次', pointsPerDay: '每天几个点', daysPerWeek: '每周几天',
  weeks: '多少周', points: '哪些点', detail: '负重或部位', profile: '目标组', everyDays: '每隔多少天', text: '内容', portions: '每天主食份数', breakfast: '早餐份数', lunch: '午餐份数', dinner: '晚餐份数',
  portionGrams: '一份的碳水', energy: '每天热量', minutes: '每周分钟数', steps: '每天步数', device: '序列号', model: '型号', owner: '是谁的', checkDays: '多少天后校验', answer: '情况', waist: '腰围', question: '要问什么', place: '从哪里取的', topic: '谈什么', mode: '怎样告知', confirmed: '和本人核对过', scale: '哪个量表', file: '从哪份报告看到的', relative: '哪位亲属', age: '查出时几岁', version: '哪个版本（空着就用问卷或原版的）',
}

export type FieldKey = keyof typeof zh
export const fieldKeys = Object.keys(zh) as FieldKey[]

/** What each field is called above its box. */
export const useFieldWords = words('person-file-fields', {
  zh,
  en: {
    condition: 'Condition', status: 'Status', cause: 'Cause', verified: 'Original seen', note: 'Note', name: 'Written as', system: 'Staging system', stage: 'Stage', side: 'Side',
    extent: 'Extent', due: 'Due date', level: 'Level', felt: 'Felt at the time', action: 'What happened', timesPerDay: 'Times a day', times: 'When taken', days: 'For how many days', doseText: 'Dose in their words',
    reason: 'Why', drug: 'Glucocorticoid', dose: 'Single dose', doseUnit: 'Unit of the dose', generic: 'Medicine', test: 'Test', value: 'Value', unit: 'Unit', refLow: 'Reference, low', refHigh: 'Reference, high', judged: 'Judged in the report', lab: 'Laboratory',
    kind: 'Kind', substance: 'Allergic to', severity: 'Severity', reaction: 'Reaction', active: 'Still holds', class: 'Class of medicine', procedure: 'Procedure', inDays: 'In how many days', hospital: 'Hospital',
    department: 'Department', modality: 'Modality', site: 'Site', finding: 'Findings', result: 'Result', hba1cHigh: 'HbA1c, upper limit', fastingLow: 'Fasting, lower limit', fastingHigh: 'Fasting, upper limit', afterMealHigh: 'After meals, upper limit',
    systolicHigh: 'Systolic, upper limit', diastolicHigh: 'Diastolic, upper limit', ldlHigh: 'LDL, upper limit', weightGoal: 'Weight goal', perWeek: 'Times a week', pointsPerDay: 'Points a day', daysPerWeek: 'Days a week',
    weeks: 'Weeks', points: 'Which points', detail: 'Weight bearing, or site', profile: 'Target profile', everyDays: 'Every how many days', text: 'Content', portions: 'Carbohydrate portions a day', breakfast: 'Portions, breakfast', lunch: 'Portions, lunch', dinner: 'Portions, dinner',
    portionGrams: 'Carbohydrate in a portion', energy: 'Energy a day', minutes: 'Minutes a week', steps: 'Steps a day', device: 'Serial number', model: 'Model', owner: 'Whose', checkDays: 'Check due in days', answer: 'Answer', waist: 'Waist', question: 'Question', place: 'Where from', topic: 'About', mode: 'How to inform', confirmed: 'Confirmed with the person', scale: 'Scale', file: 'Read from which report', relative: 'Which relative', age: 'Age when it was found', version: 'Version (empty: that of the questionnaire, or as published)',
  },
})
