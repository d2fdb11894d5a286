import { words } from '../../../../ui/i18n'

export const useFormWords = words('my-forms', {
  zh: {
    title: '问卷', intro: '答一次，护师就不用再问', none: '现在没有问卷', noneText: '有新的问卷会在“今天”告诉您', due: '该填了', begin: '开始', goOn: '接着填', again: '再填一次', change: '改上次的回答', last: '上次{{at}}填的', next: '{{at}}以后再填', count: '{{n}} 个问题',
    draft: '演练用的草稿，还没有医生确认', ofAll: '第 {{i}} 题，共 {{n}} 题', before: '上一题', after: '下一题', skip: '不答这题', look: '看一遍', save: '交上去', check: '您的回答', empty: '没有回答', fix: '改', must: '请回答这一题', number: '请填数字', several: '可以选几个', optional: '可以不答', done: '填好了，谢谢', toList: '回到问卷', saved: '已存在手机里，没交', score: '{{name}} {{value}} 分', outOf: '，满分 {{most}}',
    takeBack: '撤回这次回答', sure: '确定撤回', keep: '不撤了', reason: '本人撤回', failed: '没有交上，请再按一次', offline: '没有网络，没有交上。回答还在手机里，有网络后再按一次', moved: '这次回答刚刚改过，请回去看最新的', formChanged: '问卷刚刚更新过，请从头看一遍', noConsent: '您还没有同意我们保存健康信息', toConsent: '看我的同意', restart: '从头再看',
  },
  en: {
    title: 'Questions', intro: 'Answer once, and nobody asks again', none: 'No questions right now', noneText: 'New ones will be shown on Today', due: 'Due now', begin: 'Begin', goOn: 'Go on', again: 'Answer again', change: 'Change my last answers', last: 'Last answered {{at}}', next: 'again from {{at}}', count: 'Questions: {{n}}',
    draft: 'A draft for rehearsals; no doctor has confirmed it', ofAll: 'Question {{i}} of {{n}}', before: 'Back', after: 'Next', skip: 'Leave this out', look: 'Look it over', save: 'Hand in', check: 'Your answers', empty: 'not answered', fix: 'Change', must: 'Please answer this one', number: 'Please enter a number', several: 'More than one is fine', optional: 'May be left out', done: 'Handed in. Thank you', toList: 'Back to the questions', saved: 'Kept on this phone, not handed in', score: '{{name}}: {{value}} points', outOf: ' of {{most}}',
    takeBack: 'Take these answers back', sure: 'Yes, take them back', keep: 'Keep them', reason: 'Taken back by the person', failed: 'It was not handed in, please press again', offline: 'No network, not handed in. Your answers stay on this phone; press again later', moved: 'These answers were changed just now. Please go back and look again', formChanged: 'The questions have just changed; please look at them again', noConsent: 'You have not agreed that we keep health data', toConsent: 'What I agreed to', restart: 'Look at them again',
  },
})
