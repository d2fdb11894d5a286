import { words } from '../../../../ui/i18n'

export const useChatWords = words('chat', {
  zh: {
    title: '和{{who}}聊聊',
    none: '还没有聊过',
    noneText: '想问什么，写下来就行。',
    write: '写给{{who}}',
    send: '发送',
    sending: '正在发…',
    failed: '没有送到，字还在。请再按一次',
    me: '您',
    bot: '智能助手（不是真人）',
    staff: '护师',
    waits: '已收到，正等人回复',
    more: '看更早的',
    emergency: '很难受请直接打 120，不要等回复。',
  },
  en: {
    title: 'Chat with {{who}}',
    none: 'Nothing said yet',
    noneText: 'Write whatever you want to ask.',
    write: 'Write to {{who}}',
    send: 'Send',
    sending: 'Sending…',
    failed: 'It did not arrive; your words are still here. Press again',
    me: 'You',
    bot: 'Assistant (not a human)',
    staff: 'Your nurse',
    waits: 'Received; somebody will answer',
    more: 'Older ones',
    emergency: 'If you feel very unwell call 120; do not wait for an answer.',
  },
})
