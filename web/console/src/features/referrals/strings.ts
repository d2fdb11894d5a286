import { words } from '../../../../ui/i18n'

export const useWords = words('referrals', {
  zh: {
    title: '转诊', lead: '本人同意以前，接诊方什么也看不到', all: '全部', mine: '请我接诊的', lateOnly: '只看逾期', late: '逾期', none: '这里没有转诊', noneBody: '有人符合转诊标准时会出现在这里；也可以在人员页手工转诊。',
    person: '人员', what: '转什么', from: '转出', to: '接诊', state: '状态', due: '时限', act: '处理', opened: '发起', asked: '本人同意', taken: '接受', seen: '就诊', answered: '反馈', inTime: '按时反馈', days: '平均天数', group: '接诊组', doctor: '医生', fromWho: '转出专科',
    share: '{{n}} 人，占 {{p}}%', people: '{{n}} 人', figures: '结果', by_groups: '按接诊组', by_froms: '按转出专科', by_doctors: '按医生', daysOf: '平均 {{n}} 天', unknown: '还没有', empty: '数据不足',
    to_proposed: '重新选接诊人', to_queued: '退回排队', to_consented: '本人已同意', to_accepted: '接受', to_seen: '已就诊', to_feedback: '写反馈', to_closed: '结束', to_declined: '谢绝', to_expired: '记为过期',
    note: '说明', note_consented: '本人怎样同意的、证明在哪里', note_feedback: '反馈（转出方只看到进展，看不到内容）', reason: '原因', reason_person: '本人不愿意', reason_full: '没有名额', reason_not_fitting: '不属于这个专科', reason_no_answer: '一直没有答复', reason_treated: '已接受治疗', reason_watch: '继续观察', reason_moved: '转到别处',
    target: '请谁接诊', managers: '已交主管', first: '回到第一页', next: '下一页', save: '保存', cancel: '取消', failed: '没有保存，请再试一次', history: '经过',
  },
  en: {
    title: 'Referrals', lead: 'Before the person agrees, the receiver sees nothing', all: 'All', mine: 'Asked of me', lateOnly: 'Late only', late: 'late', none: 'No referral here', noneBody: 'People who meet a criterion appear here; you can also refer from the person’s page.',
    person: 'Person', what: 'What', from: 'From', to: 'To', state: 'State', due: 'Due', act: 'Act', opened: 'Opened', asked: 'Consented', taken: 'Accepted', seen: 'Seen', answered: 'Feedback', inTime: 'Feedback in time', days: 'Mean days', group: 'Group', doctor: 'Doctor', fromWho: 'Referring specialty',
    share: '{{n}}, {{p}}%', people: '{{n}}', figures: 'Results', by_groups: 'By group', by_froms: 'By referring specialty', by_doctors: 'By doctor', daysOf: 'mean {{n}} d', unknown: 'none yet', empty: 'Not enough data',
    to_proposed: 'Choose another receiver', to_queued: 'Back to the queue', to_consented: 'The person agreed', to_accepted: 'Accept', to_seen: 'Seen', to_feedback: 'Give feedback', to_closed: 'Close', to_declined: 'Decline', to_expired: 'Mark expired',
    note: 'Note', note_consented: 'How the person agreed and where the proof lies', note_feedback: 'Feedback (the referrer sees progress only)', reason: 'Reason', reason_person: 'the person declined', reason_full: 'no room', reason_not_fitting: 'not of this specialty', reason_no_answer: 'nobody answered', reason_treated: 'treated', reason_watch: 'watched on', reason_moved: 'went elsewhere',
    target: 'Who is asked', managers: 'with the managers', first: 'First page', next: 'Next page', save: 'Save', cancel: 'Cancel', failed: 'Not saved; please try again', history: 'Course',
  },
})
