import { words } from '../../../../ui/i18n'

export const useWords = words('session', {
  zh: {
    product: '陪伴',
    slogan: '见医生之外的那些时间，有人陪着',
    title: '登录控制台',
    login: '账号',
    password: '密码',
    enter: '登录',
    needLogin: '请填账号',
    needPassword: '请填密码',
    wrong: '账号或密码不对。请再看一遍，注意大小写。',
    locked: '连续输错太多次，先锁住了。请 {{minutes}} 分钟后再试，或请管理员解锁。',
    offline: '连不上服务器。请看看网络，再试一次。',
    failed: '没登录成，不是密码的问题。请再试一次；还不行，把编号 {{code}} 告诉管理员。',
  },
  en: {
    product: 'peiban',
    slogan: 'Company in the hours between visits',
    title: 'Sign in to the console',
    login: 'Account',
    password: 'Password',
    enter: 'Sign in',
    needLogin: 'Please enter your account',
    needPassword: 'Please enter your password',
    wrong: 'Account or password is wrong. Please look again; capitals matter.',
    locked: 'Too many wrong tries, so sign-in is locked. Try again in {{minutes}} minutes, or ask an administrator.',
    offline: 'The server cannot be reached. Check the network and try again.',
    failed: 'Sign-in failed, and not because of the password. Try again; if it stays, give code {{code}} to an administrator.',
  },
})
