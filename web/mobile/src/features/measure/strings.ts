import { words } from '../../../../ui/i18n'

export const useMeasureWords = words('measure', {
  zh: {
    title: '记一次', titleFix: '改一下', kinds: '记什么', blood_pressure: '血压', pain: '疼痛', weight: '体重', symptom: '不舒服', glucose: '血糖',
    systolic: '高压（收缩压）', diastolic: '低压（舒张压）', pulse: '脉搏（可不填）', value_weight: '体重', value_pain: '几分', site: '哪里疼', kind: '哪里不舒服', severity: '有多重，0 到 10（可不填）', note: '还有什么想说的（可不填）',
    none: '0 是不疼', worst: '{{n}} 是最疼', both: '两边都疼，分两次记', between: '{{min}} 到 {{max}}',
    urgent: '胸口痛、喘不上气、看不清、说不清、一边没力气：先打 120，再记。', call: '打 120',
    save: '保存', saving: '正在保存', needNumber: '请填数字', needPick: '请选一个',
    offline: '没有网络，没有存上。有网络后再按一次。不舒服别等，请身边的人帮忙或打 120。',
    noConsent: '您还没有同意我们保存健康信息', toConsent: '看我的同意', moved: '这一条刚刚改过，请回去看最新的',
    saved: '记下了', corrected: '改好了', undo: '撤销', fix: '改一下', again: '再记一次', home: '回到今天', undone: '已撤销，这次不算',
    list: '我的记录', listNone: '这 30 天还没有记录', listNoneText: '血压、疼痛、体重和不舒服，都可以记在这里。', record: '记一次', change: '改', takeBack: '撤回', takenBack: '已撤回', changed: '改过', by: '{{name}}记的', glucosePage: '我的血糖', visit: '给医生看：一页报告', also: '记血压、疼痛、体重、不舒服',
    kept: '先存在手机里了', keptWhy: '没有网络。有网络后自动送出，护师现在还看不到。', keptUnwell: '不舒服别等，请身边的人帮忙，或者', waiting: '等着送出', onPhone: '还在手机里',
  },
  en: {
    title: 'Record', titleFix: 'Change it', kinds: 'What to record', blood_pressure: 'Blood pressure', pain: 'Pain', weight: 'Weight', symptom: 'Feeling unwell', glucose: 'Glucose',
    systolic: 'Upper value (systolic)', diastolic: 'Lower value (diastolic)', pulse: 'Pulse (optional)', value_weight: 'Weight', value_pain: 'How strong', site: 'Where it hurts', kind: 'What is wrong', severity: 'How strong, 0 to 10 (optional)', note: 'Anything else (optional)',
    none: '0 is no pain', worst: '{{n}} is the worst', both: 'If both sides hurt, record each', between: '{{min}} to {{max}}',
    urgent: 'Chest pain, short of breath, cannot see or speak clearly, weak on one side: call 120 first, then record.', call: 'Call 120',
    save: 'Save', saving: 'Saving', needNumber: 'Please enter a number', needPick: 'Please choose one',
    offline: 'No network, not stored. Press again later. If you feel unwell do not wait: get help or call 120.',
    noConsent: 'You have not agreed that we keep health data', toConsent: 'What I agreed to', moved: 'This was changed just now. Please go back and look again',
    saved: 'Noted', corrected: 'Changed', undo: 'Undo', fix: 'Change it', again: 'Record another', home: 'Back to Today', undone: 'Undone, it does not count',
    list: 'My records', listNone: 'Nothing recorded in these 30 days', listNoneText: 'Blood pressure, pain, weight and feeling unwell can be recorded here.', record: 'Record', change: 'Change', takeBack: 'Take back', takenBack: 'taken back', changed: 'changed', by: 'by {{name}}', glucosePage: 'My glucose', visit: 'For the doctor: one page', also: 'Record blood pressure, pain, weight or feeling unwell',
    kept: 'Kept on the phone', keptWhy: 'No network. It is sent by itself later; your nurse cannot see it yet.', keptUnwell: 'If you feel unwell do not wait: get help, or', waiting: 'Waiting to be sent', onPhone: 'still on the phone',
  },
})
