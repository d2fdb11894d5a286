import { words } from '../../../../ui/i18n'

export const useContactWords = words('contact', {
  zh: {
    find: '找{{who}}',
    someone: '护师',
    title: '要{{who}}联系您吗？',
    note: '想说的话（可以不写）',
    send: '请{{who}}联系我',
    close: '先不用',
    done: '好的',
    sent: '已经告诉{{who}}了',
    offline: '现在没有网络，还没有送到。可以稍后再按，急事请打 120',
    failed: '没有送到，请再按一次。急事请打 120',
  },
  en: {
    find: 'Ask {{who}}',
    someone: 'your nurse',
    title: 'Should {{who}} contact you?',
    note: 'What you would like to say (optional)',
    send: 'Ask {{who}} to contact me',
    close: 'Not now',
    done: 'OK',
    sent: '{{who}} has been told',
    offline: 'There is no network, so it was not sent. Try later; in an emergency call 120',
    failed: 'It was not sent, please press again. In an emergency call 120',
  },
})
