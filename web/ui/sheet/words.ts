import { words } from '../i18n'

export const useSheetWords = words('sheet', {
  zh: {
    title: '就诊一页', age: '{{n}} 岁', male: '男', female: '女', printed: '{{at}} 打印', span: '{{from}} 至 {{to}}（{{n}} 天）',
    diagnoses: '诊断', allergies: '过敏', noAllergies: '没有记下过敏', targets: '本人目标', a1c: '糖化 ≤{{n}}%', plan: '监测', owner: '健康管理师 {{name}}',
    pattern: '血糖怎么样', mean: '平均 {{n}}', slotIn: '{{n}}/{{of}} 次在目标内', few: '{{n}} 次，数据不足', range: '{{low}}~{{high}}',
    measureOf: '{{name}} {{unit}}', pain: '疼痛', facts: '分期、影像和负重',
    lows: '低血糖', noLows: '{{n}} 天里没有低血糖的记录', noData: '没有血糖记录，不知道有没有低血糖', moreLows: '另有 {{n}} 次', night: '夜里',
    medicines: '现在用的药', noMedicines: '没有记下用药', since: '{{at}} 起', isNew: '新', moreMedicines: '另有 {{n}} 种，见档案',
    labs: '最近化验和变化', noLabs: '没有化验记录', change: '上次 {{from}}，{{way}}', up: '升 {{n}}', down: '降 {{n}}', steady: '持平', firstOne: '第一次', high: '偏高', low: '偏低', target: '目标 ≤{{n}}', moreLabs: '另有 {{n}} 项，见档案',
    questions: '我想问医生', noQuestions: '（没有选问题）', moreQuestions: '另有 {{n}} 个问题', answerLine: '医生答：',
    qr: '医生请扫码答复', qrText: '不用注册。可改目标、监测、用药、下次就诊。{{until}} 前有效，只能答复一次。', noQr: '没有二维码：还没有生成，或已经失效',
    foot: '由本人和家里的记录整理，不是诊断，也不是病历。不在目标里不等于做得不好。', unit: 'mmol/L',
    active: '佩戴 {{n}}%', gmi: 'GMI {{n}}%（估算值）', cv: '变异系数 {{n}}%', meanOf: '平均 {{n}} mmol/L', spanOf: '{{n}} 天', agpSays: '一天里各小时血糖的中位数和范围，{{n}} 天',
    agpNote: '线是中位数，深带是一半的读数，浅带是十分之九。1% 的时间约 15 分钟/天。', daysTitle: '每一天', shareBelow: '<1%', tirTitle: '各范围的时间', table: '看数字', hour: '时',
  },
  en: {
    title: 'One page for the visit', age: '{{n}}', male: 'male', female: 'female', printed: 'Printed {{at}}', span: '{{from}} to {{to}} ({{n}} days)',
    diagnoses: 'Diagnoses', allergies: 'Allergies', noAllergies: 'no allergy on file', targets: 'Own targets', a1c: 'HbA1c ≤{{n}}%', plan: 'Measuring', owner: 'Health manager {{name}}',
    pattern: 'How glucose was', mean: 'mean {{n}}', slotIn: '{{n}} of {{of}} in target', few: 'n={{n}}, not enough data', range: '{{low}}–{{high}}',
    measureOf: '{{name}}, {{unit}}', pain: 'Pain', facts: 'Stage, imaging, bearing weight',
    lows: 'Lows', noLows: 'No low on record in {{n}} days', noData: 'No readings: whether there were lows is not known', moreLows: '{{n}} more', night: 'at night',
    medicines: 'Medicines now', noMedicines: 'No medicine on file', since: 'since {{at}}', isNew: 'new', moreMedicines: '{{n}} more, see the file',
    labs: 'Latest laboratory values', noLabs: 'No laboratory value on file', change: 'was {{from}}, {{way}}', up: 'up {{n}}', down: 'down {{n}}', steady: 'steady', firstOne: 'first value', high: 'high', low: 'low', target: 'target ≤{{n}}', moreLabs: '{{n}} more, see the file',
    questions: 'What I want to ask', noQuestions: '(no question chosen)', moreQuestions: '{{n}} more questions', answerLine: 'Answer:',
    qr: 'Doctor: scan to answer', qrText: 'No account needed. Targets, measuring, medicines, next visit. Valid until {{until}}, for one answer.', noQr: 'No QR code: none was made, or it has ended',
    foot: 'Put together from what the person and their home recorded. Not a diagnosis, not a medical record.', unit: 'mmol/L',
    active: 'worn {{n}}%', gmi: 'GMI {{n}}% (estimate)', cv: 'CV {{n}}%', meanOf: 'mean {{n}} mmol/L', spanOf: '{{n}} days', agpSays: 'Median and spread of glucose by hour of the day, {{n}} days',
    agpNote: 'Line: median. Dark band: half of the readings. Light band: nine in ten. 1% of the time is about 15 minutes a day.', daysTitle: 'Single days', shareBelow: '<1%', tirTitle: 'Time in ranges', table: 'Show the numbers', hour: 'Hour',
  },
})
