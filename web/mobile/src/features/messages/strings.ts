import { words } from '../../../../ui/i18n'

export const useMessageWords = words('messages', {
  zh: {
    title: '消息',
    chat: '给{{who}}写消息',
    none: '还没有消息',
    noneText: '护师发给您的话会在这里。',
    unread: '没看',
    answered: '您答了：{{answer}}',
    toFamily: '发给{{name}}',
    answer: '请选一个',
    failed: '没有送到，请再按一次',
    thanks: '收到了，谢谢您',
    record: '记血糖',
    more: '看更早的',
  },
  en: {
    title: 'Messages',
    chat: 'Write to {{who}}',
    none: 'No messages yet',
    noneText: 'What your nurse writes to you appears here.',
    unread: 'Unread',
    answered: 'You answered: {{answer}}',
    toFamily: 'Sent to {{name}}',
    answer: 'Please choose one',
    failed: 'It was not sent, please press again',
    thanks: 'Received, thank you',
    record: 'Record glucose',
    more: 'Show earlier ones',
  },
})
