import { words } from '../../../../ui/i18n'

export const useSignInWords = words('signin', {
  zh: {
    opening: '正在打开',
    title: '请从链接打开',
    text: '请点护师发给您的链接，或扫一扫二维码。不用密码。',
    expiredTitle: '这个链接已经用过或过期了',
    expiredText: '请护师再发一个新的。您的记录都在，没有丢。',
    again: '再试一次',
    language: 'English',
  },
  en: {
    opening: 'Opening',
    title: 'Please open it from the link',
    text: 'Tap the link your nurse sent you, or scan the code. No password needed.',
    expiredTitle: 'This link was used before or has expired',
    expiredText: 'Please ask your nurse for a new one. All your records are safe.',
    again: 'Try again',
    language: '中文',
  },
})
