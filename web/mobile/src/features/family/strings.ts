import { words } from '../../../../ui/i18n'

export const useFamilyWords = words('family', {
  zh: {
    childLink: '替孩子同意或撤回',
    childHint: '您是监护人。已同意 {{n}} 项，共 {{of}} 项',
    childTitle: '{{name}}的同意',
    childIntro: '孩子还小，由您作为监护人决定。每一项单独同意或撤回，马上生效，会记下是您决定的。',
    title: '家人和身边的人', intro: '您让谁看，谁才看得到；随时可以改、可以停', none: '还没有添加家人', add: '添加家人', change: '改', end: '不再分享', endAsk: '以后{{name}}看不到您的情况，也收不到提醒。确定吗？', endSure: '确定', keep: '算了',
    name: '家人姓名', phone: '家人的手机号', kind: '是您的', scopes: '让家人知道什么', nothing: '现在什么也看不到', notShared: '您还没有同意和家人分享，下面选的先不生效', agree: '我同意和家人分享', save: '保存', cancel: '取消',
    needName: '请写姓名', needPhone: '请写手机号', needKind: '请选一个', needAgree: '先看上面的文字，同意了再分享', signIn: '请护师给家人一个登录码', offline: '没有网络，没有存上。有网络后再按一次', noText: '项目里没有分享的同意书，请问护师',
    seen: '谁看过', seenNone: '还没有人看过', sharedAs: '您是{{kind}}，{{name}}让您知道这些', sharedNone: '最近没有', part_alerts: '危险提醒', part_readings: '最近 14 天的测量', part_targets: '目标', part_medicines: '现在用的药', part_reports: '检查和诊断', part_plan: '计划和就诊', part_chats: '最近的消息', part_progress: '转诊进展', grave: '有些消息要由医生当面说，这里不显示。',
  },
  en: {
    childLink: 'Agree or withdraw for the child',
    childHint: 'You are the guardian. {{n}} of {{of}} agreed to',
    childTitle: 'Consents of {{name}}',
    childIntro: 'The child is a minor, so you decide as the guardian. Each is agreed to or withdrawn by itself and holds at once; it is kept that you decided.',
    title: 'My family', intro: 'Nobody sees anything unless you say so; change or stop it at any time', none: 'No relative added yet', add: 'Add a relative', change: 'Change', end: 'Stop sharing', endAsk: '{{name}} will see nothing of you and get no alerts. Sure?', endSure: 'Sure', keep: 'Never mind',
    name: 'Name', phone: 'Their telephone', kind: 'They are your', scopes: 'What they may know', nothing: 'sees nothing for now', notShared: 'You have not agreed to sharing with family; what you choose does not hold yet', agree: 'I agree to sharing with family', save: 'Save', cancel: 'Cancel',
    needName: 'Please write the name', needPhone: 'Please write the number', needKind: 'Please choose one', needAgree: 'Please read the text above and agree first', signIn: 'Ask your nurse for a sign-in code for them', offline: 'No network, not stored. Press again later', noText: 'The programme has no text about sharing; please ask your nurse',
    seen: 'Who looked', seenNone: 'Nobody has looked yet', sharedAs: 'You are {{kind}}; {{name}} lets you know this', sharedNone: 'Nothing lately', part_alerts: 'Safety alerts', part_readings: 'Readings of 14 days', part_targets: 'Targets', part_medicines: 'Medicines now', part_reports: 'Results and diagnoses', part_plan: 'Plans and visits', part_chats: 'Recent messages', part_progress: 'Progress of a referral', grave: 'Some news a doctor gives in person; it is not shown here.',
  },
})
