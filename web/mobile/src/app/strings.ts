import { words } from '../../../ui/i18n'

export const useAppWords = words('app', {
  zh: {
    today: '今天',
    glucose: '血糖',
    messages: '消息',
    me: '我的',
    tabs: '主要页面',
    back: '返回',
    unread: '{{n}} 条没看',
    awayTitle: '现在没有网络',
    awayText: '血糖照样可以记，有网络后自动送出。这一页等网络回来再看。',
    awayRecord: '记血糖',
    lostTitle: '没有这一页',
    lostText: '它可能搬走了。回到今天看看',
    toToday: '回到今天',
  },
  en: {
    today: 'Today',
    glucose: 'Glucose',
    messages: 'Messages',
    me: 'Me',
    tabs: 'Main pages',
    back: 'Back',
    unread: '{{n}} unread',
    awayTitle: 'No network right now',
    awayText: 'You can still record glucose; it is sent by itself later. This page needs the network.',
    awayRecord: 'Record glucose',
    lostTitle: 'There is no such page',
    lostText: 'It may have moved. Have a look at Today',
    toToday: 'Back to Today',
  },
})
