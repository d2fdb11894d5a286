import { words } from '../../../../ui/i18n'

export const useWords = words('visit-desk', {
  zh: {
    back: '回到{{name}}', title: '就诊页', hint: '一页 A4，给医生看。问题由本人在手机上选。', print: '打印', qr: '放上医生答复的二维码', qrAgain: '换一个二维码', qrNote: '二维码打开的页面只有这一页的内容，姓名打码；{{at}} 前有效，只能答复一次。',
    links: '发出过的链接', noLinks: '还没有发出过链接', madeBy: '{{by}} {{at}}生成', until: '到 {{at}}', revoke: '作废', revoked: '已作废',
    st_open: '可用', st_answered: '已答复', st_revoked: '已作废', st_expired: '已过期',
    answers: '医生的答复', noAnswers: '还没有收到答复', answerBy: '自称 {{name}}', hospital: '{{name}}', waiting: '待核对', confirmed: '已核对入档', refused: '未采纳', note: '附言：{{text}}',
    check: '核对清楚再勾选：可以打电话问本人或医院。没勾的不入档。', take: '记入档案（{{n}} 项）', takeNone: '只标为看过', refuse: '不采纳', reason: '为什么不采纳', taken: '已入档', left: '没有入档', done: '已记入档案，注明“经就诊链接，未签署”', refusedDone: '已标为未采纳', cancel: '取消', reasonFirst: '请写原因',
  },
  en: {
    back: 'Back to {{name}}', title: 'Visit page', hint: 'One A4 page for the doctor. The person chooses the questions on the phone.', print: 'Print', qr: 'Add a QR code for the doctor', qrAgain: 'Another QR code', qrNote: 'The code opens this page only, the name masked; valid until {{at}}, for one answer.',
    links: 'Links given out', noLinks: 'No link was given out yet', madeBy: 'made by {{by}}, {{at}}', until: 'until {{at}}', revoke: 'End it', revoked: 'Ended',
    st_open: 'Open', st_answered: 'Answered', st_revoked: 'Ended by hand', st_expired: 'Expired',
    answers: 'Answers from doctors', noAnswers: 'No answer yet', answerBy: 'Name as typed: {{name}}', hospital: '{{name}}', waiting: 'Waiting to be checked', confirmed: 'Checked and taken in', refused: 'Not taken in', note: 'Note: {{text}}',
    check: 'Check before you tick: call the person or the hospital. What is not ticked stays out of the file.', take: 'Take in ({{n}})', takeNone: 'Mark as seen only', refuse: 'Take nothing in', reason: 'Why nothing is taken in', taken: 'in the file', left: 'not in the file', done: 'In the file, marked as given by visit link and not signed', refusedDone: 'Marked as not taken in', cancel: 'Cancel', reasonFirst: 'Please give the reason',
  },
})
