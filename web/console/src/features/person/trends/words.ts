import { words } from '../../../../../ui/i18n'

export const useWords = words('person-trends', {
  zh: {
    today: '今天', noToday: '今天还没有记录', more: '另有 {{n}} 条',
    plans: '计划和做到的', noPlans: '没有计划，也没有在用的药', planDone: '{{days}} 天计划 {{planned}}，做了 {{done}}', doneOnly: '{{days}} 天做了 {{done}}', times: '{{n}} 次', share: '{{n}}%', nextDue: '下次 {{at}}', overdue: '逾期', over: '已到期', signed: '医生签署',
    col_plan: '计划', col_done: '计划和做到', col_share: '做到', col_next: '下次', dosePlan: '{{days}} 天计划 {{planned}} 次', doseNoPlan: '没说一天几次', unknownShare: '不知道', ended: '已停',
    strip: '什么之后变了什么', stripSays: '{{days}} 天里 {{n}} 件事，{{m}} 个每日均值', spanDays: '{{n}} 天', slot: '餐段', pick: '点一件事，看前后', pickHint: '点上面任意一件事，比较它前后的测量。', row_medicine: '用药', row_education: '学习', row_contact: '联系', row_stage: '阶段', row_glucose: '{{slot}} 每日均值 {{unit}}', noDays: '这段时间没有“{{slot}}”的读数', noReadings: '这段时间没有血糖读数', noMarks: '这段时间没有用药、学习、联系或阶段的变化', table: '看数字', listMarks: '列出这些事',
    running: '在用', dose: '剂量', when: '时间', what: '什么', mean: '均值', n: '次数',
    around: '{{what}}（{{at}}）前后', each: '前后各', before: '前', after: '后', change: '变化', inTarget: '目标内', ofAll: '所有餐段', daysLeft: '后 {{days}} 天还差 {{n}} 天没到，现在比较还早。', tooLittle: '数据不足：没有一个餐段前后都够 3 次。', measured: '每日均值的平均', noneAround: '前后都没有测量，不能比较。', others: '同期还有', dayOut: '当天不算在内。', close: '收起', share2: '{{n}}/{{of}}', none: '–',
    labs: '化验走势', noLabs: '没有化验', single: '只有 {{n}} 次，不画线', medicines: '用药时间线',
  },
  en: {
    today: 'Today', noToday: 'Nothing recorded today yet', more: '{{n}} more',
    plans: 'Planned and done', noPlans: 'No plan and no medicine in use', planDone: '{{days}} days: planned {{planned}}, done {{done}}', doneOnly: '{{days}} days: done {{done}}', times: '{{n}}', share: '{{n}}%', nextDue: 'next {{at}}', overdue: 'Late', over: 'Ended', signed: 'Signed by the doctor',
    col_plan: 'Plan', col_done: 'Planned and done', col_share: 'Share', col_next: 'Next due', dosePlan: '{{days}} days: planned {{planned}}', doseNoPlan: 'how often was not said', unknownShare: 'not known', ended: 'stopped',
    strip: 'What changed after what', stripSays: '{{n}} events and {{m}} daily means in {{days}} days', spanDays: '{{n}} days', slot: 'Meal slot', pick: 'Choose an event to compare', pickHint: 'Choose any event above to compare what was measured before and after it.', row_medicine: 'Medicine', row_education: 'Education', row_contact: 'Contact', row_stage: 'Stage', row_glucose: '{{slot}}, daily mean {{unit}}', noDays: 'No readings for “{{slot}}” in this time', noReadings: 'No glucose readings in this time', noMarks: 'No change of medicine, education, contact or stage in this time', table: 'Show the numbers', listMarks: 'List the events',
    running: 'in use', dose: 'Dose', when: 'When', what: 'What', mean: 'Mean', n: 'n',
    around: 'Before and after: {{what}} ({{at}})', each: 'Each side', before: 'Before', after: 'After', change: 'Change', inTarget: 'In target', ofAll: 'All slots', daysLeft: '{{n}} of the {{days}} days after have not come yet: it is early to compare.', tooLittle: 'Not enough data: no meal slot has 3 readings on both sides.', measured: 'Mean of daily means', noneAround: 'Nothing measured before or after: nothing to compare.', others: 'In the same days', dayOut: 'The day itself is left out.', close: 'Close', share2: '{{n}} of {{of}}', none: '–',
    labs: 'Laboratory course', noLabs: 'No laboratory value', single: 'n={{n}}, no line', medicines: 'Medicines over time',
  },
})
