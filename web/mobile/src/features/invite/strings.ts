import { words } from '../../../../ui/i18n'

export const useInviteWords = words('invite', {
  zh: {
    title: '邀请',
    lead: '把这个码给想一起的病友或家人看。他们自己同意以后才算加入。',
    make: '生成我的邀请码',
    making: '正在生成',
    qr: '我的邀请码',
    copy: '复制链接',
    copied: '已复制',
    brought: '已经有 {{n}} 位由您带来，其中 {{m}} 位开始坚持记录。',
    none: '还没有人由您带来。',
    points: '已得 {{n}} 分。',
    rule: '每位 {{each}} 分，一天最多 {{day}} 位，一个月最多 {{month}} 位，一共最多 {{total}} 位。只奖励直接带来的；同一个手机号、同一部手机不算。',
    noPoints: '邀请没有积分，是一份心意。',
  },
  en: {
    title: 'Invite',
    lead: 'Show this code to a fellow patient or a relative who wants to come along. It counts once they agree for themselves.',
    make: 'Make my invitation',
    making: 'Making it',
    qr: 'My invitation',
    copy: 'Copy the link',
    copied: 'Copied',
    brought: 'You brought {{n}} so far, of whom {{m}} keep up their records.',
    none: 'You have brought nobody yet.',
    points: '{{n}} points given.',
    rule: '{{each}} points each, for at most {{day}} a day, {{month}} a month and {{total}} in all. Only for whom you brought yourself; the same number or the same phone does not count.',
    noPoints: 'Inviting gives no points; it is a kindness.',
  },
})
