import { words } from '../../../ui/i18n'

export const useHandWords = words('hand', {
  zh: {
    title: '换负责人（{{n}} 人）', ok: '换负责人', cancel: '取消', comma: '、', colon: '：', several: '{{name}} 等 {{n}} 人',
    who: '交给谁', named: '指定的人', byRules: '按分配规则', noRules: '还没有打开分配规则，只能指定。', whoLabel: '接手的人', ownerLoad: '{{name}}（{{n}} / {{of}} 人）', awayNow: '，现在不在',
    severalNote: '选了几位：每个人分给当时余地最大的一位。', why: '原因', note: '说明', noteMust: '说明（必填）',
    w_left: '原负责人离开', w_load: '人数调匀', w_asked: '本人或家人要求', w_fits: '更合适', w_returned: '回到原负责人', w_other: '其他',
    tasks: '没做完的任务', follow: '一起交给新负责人', stay: '留给原负责人做完', followNote: '原负责人马上看不到这些人。', stayNote: '原负责人做完这些任务之前还看得到这个人。',
    whoFirst: '先选接手的人', noteFirst: '选了“其他”，请写一句说明', tooMany: '一次最多 {{n}} 人；更多的到“负责人”里交接', done: '已换 {{n}} 人，{{tasks}} 个任务一起交接', already: '{{n}} 人本来就是这位负责', refused: '有 {{n}} 人没有换：',
  },
  en: {
    title: 'Change the owner ({{n}})', ok: 'Change the owner', cancel: 'Cancel', comma: ', ', colon: ': ', several: '{{name}} and others, {{n}} in all',
    who: 'To whom', named: 'somebody named', byRules: 'by the owner rules', noRules: 'Owner rules are not on yet: name somebody.', whoLabel: 'Who takes over', ownerLoad: '{{name}} ({{n}} of {{of}})', awayNow: ', away now',
    severalNote: 'Several: each person goes to who has the most room then.', why: 'Reason', note: 'Note', noteMust: 'Note (required)',
    w_left: 'The owner leaves', w_load: 'To even out', w_asked: 'The person or family asked', w_fits: 'A better fit', w_returned: 'Back to the owner before', w_other: 'Other',
    tasks: 'Open tasks', follow: 'go along to the new owner', stay: 'stay with the old owner', followNote: 'The old owner sees these people no more, at once.', stayNote: 'The old owner sees the person until these tasks are done.',
    whoFirst: 'Choose who takes over', noteFirst: 'With “other”, say in a sentence which', tooMany: '{{n}} at most at once; hand more over under Owners', done: '{{n}} changed, {{tasks}} tasks went along', already: '{{n}} had this owner already', refused: '{{n}} were not changed:',
  },
})
