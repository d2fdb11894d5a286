import { words } from '../../ui/i18n'

export const useWords = words('doctor', {
  zh: {
    product: '陪伴 · 就诊一页', noToken: '这里没有链接', noTokenText: '请重新扫患者纸上或手机上的二维码。', until: '{{at}} 前有效', answeredTitle: '这一页已经答复过', answeredText: '要补充，请患者或健康管理师重新生成一页。',
    answer: '我的答复', who: '您是谁', name: '姓名', hospital: '医院和科室（可不填）', nameHint: '姓名会原样注明为“所填，未核实”，不算签署。',
    questions: '回答患者的问题', targets: '目标', keep: '不改就空着',
    plan: '在家测量', perWeek: '{{what}}：每周几次', when: '哪些餐段', howOften: '选了餐段，请填每周几次', medicines: '用药变化', addMedicine: '加一种', start: '开始用', change: '改剂量', stop: '停用', medicine: '药名', dose: '每次', doseUnit: '单位', times: '一天几次', doseText: '用法（可不填）', removeOne: '去掉',
    next: '下次就诊', note: '还想说的', send: '发送答复', sending: '正在发送', sent: '已收到，谢谢', sentText: '健康管理师核对后会记入档案。您可以关上这一页。', missingName: '请填姓名', badNumber: '请填数字', offline: '没有网络，没有送出。请稍后再按发送', failed: '没有送出，请再试一次', switch: 'English', loading: '正在打开',
  },
  en: {
    product: 'peiban · one page for the visit', noToken: 'There is no link here', noTokenText: 'Please scan the code on the paper or the phone again.', until: 'Valid until {{at}}', answeredTitle: 'This page was answered', answeredText: 'To add something, ask the patient or the health manager for a new page.',
    answer: 'My answer', who: 'Who you are', name: 'Name', hospital: 'Hospital and department (optional)', nameHint: 'The name is kept as typed and not checked. It is no signature.',
    questions: 'Answers to the questions', targets: 'Targets', keep: 'Leave empty to keep',
    plan: 'Measuring at home', perWeek: '{{what}}: times a week', when: 'At which meal slots', howOften: 'Please say how often a week', medicines: 'Changes of medicine', addMedicine: 'Add one', start: 'Start', change: 'Change dose', stop: 'Stop', medicine: 'Medicine', dose: 'Each time', doseUnit: 'Unit', times: 'Times a day', doseText: 'How to take it (optional)', removeOne: 'Remove',
    next: 'Next visit', note: 'Anything else', send: 'Send the answer', sending: 'Sending', sent: 'Received, thank you', sentText: 'The health manager checks it before it enters the file. You may close this page.', missingName: 'Please give your name', badNumber: 'Please enter a number', offline: 'No network, not sent. Press send again later', failed: 'Not sent, please try again', switch: '中文', loading: 'Opening',
  },
})
