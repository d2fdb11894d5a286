import { words } from '../../../../ui/i18n'

export const useVisitWords = words('visit', {
  zh: {
    title: '给医生看：一页报告', intro: '看病时带上这一页。先选您想问的。', questions: '我想问医生', chosen: '已选 {{n}} 个', most: '一页放得下 {{n}} 个', remove: '去掉', removed: '不想问了', suggest: '也许想问', own: '自己写一个', add: '加上', full: '已经够 {{n}} 个。去掉一个再加', none: '还没有选。点下面的就加上',
    page: '这一页的样子', print: '打印或存成文件', qr: '让医生扫码答复', qrMake: '生成二维码', qrAgain: '换一个二维码', qrText: '医生扫一扫就能答复，不用注册。他看到的名字是打码的。{{at}} 前有效。', qrOff: '作废', qrGone: '二维码已作废，扫不开了', qrWhat: '二维码只打开这一页，只能答复一次。答复由您的健康管理师核对。',
    open: '还有 {{n}} 个二维码能用', offAll: '全部作废', answered: '医生答过的', failed: '没有存上，请再试一次', offline: '现在没有网络，没有存上',
  },
  en: {
    title: 'For the doctor: one page', intro: 'Take this page along. First choose what you want to ask.', questions: 'What I want to ask', chosen: '{{n}} chosen', most: 'A page holds {{n}}', remove: 'Remove', removed: 'not asked any more', suggest: 'You may want to ask', own: 'Write your own', add: 'Add', full: '{{n}} are enough. Remove one to add another', none: 'None chosen yet. Tap one below',
    page: 'What the page looks like', print: 'Print or save', qr: 'Let the doctor answer by QR', qrMake: 'Make a QR code', qrAgain: 'Make another', qrText: 'The doctor scans it and answers, no account needed. Your name is masked there. Valid until {{at}}.', qrOff: 'End it', qrGone: 'The code has ended and opens nothing', qrWhat: 'The code opens this page only, for one answer. Your health manager checks the answer.',
    open: '{{n}} codes still open', offAll: 'End them all', answered: 'Answers so far', failed: 'Not stored, please try again', offline: 'No network, not stored',
  },
})
