import { words } from '../../../../ui/i18n'

export const useWords = words('calendar', {
  zh: {
    nameMust: '请写名称', dayMust: '请选日期', daysTurned: '不能早于开始那天',
    title: '日历', month: '月', week: '周', list: '列表', view: '怎么看', before: '往前', after: '往后', today: '今天', whose: '谁的', everybody: '全部', me: '我的',
    programme: '项目', allProgrammes: '全部项目', add: '新建活动', off: '休', worked: '班', monthOf: '{{y}} 年 {{m}} 月', span: '{{from}} 到 {{to}}',
    task: '任务', visit: '复诊', imaging: '影像', check: '检查化验', refill: '取药', device: '设备检查', journey: '旅程一步', campaign: '活动',
    one_task: '任务', one_visit: '复诊', one_imaging: '影像', one_check: '检查化验', one_refill: '取药', one_device: '设备检查', one_journey: '旅程一步',
    days: '一,二,三,四,五,六,日', open: '{{day}}：{{kind}} {{n}} 项，{{people}} 人，打开名单', count: '{{kind}} {{n}}', move: '改日期', moveTo: '改到哪一天', moved: '已改到 {{day}}',
    notMoved: '没有改成：{{why}}', cannot: '这一项不能改日期', drag: '拖到另一天，或点“改日期”', late: '已过期', empty: '这段时间没有安排', emptyBody: '换一段时间，或看全部人的。', more: '先列 {{n}} 项，共 {{total}} 项。换短一点的时间或加条件。',
    who: '姓名', what: '什么', when: '哪天', kind: '类型', name: '名称', from: '开始', to: '结束', segment: '人群或标签（可不选）', content: '内容（可不选）', journeyKey: '旅程（可不选）', programmeFirst: '先选项目', safetyOf: '（安全 {{n}}）', note: '备注', owner: '谁负责',
    save: '保存', cancel: '取消', cancelCampaign: '取消这个活动', cancelled: '已取消', people: '{{n}} 人', newTitle: '新建活动', editTitle: '活动：{{name}}', plain: '活动只是安排，不会自己发消息。',
    feed: '订阅到手机日历', feedBody: '这是只给你的秘密地址，里面只有数字和活动名，没有任何人的姓名和数值。不要转给别人。', feedMake: '生成地址', feedAgain: '换一个新地址', feedEnd: '停用', feedSince: '{{at}} 起有效', feedOnce: '地址只显示这一次，请现在复制到手机日历的“订阅”里：', feedOff: '还没有地址', copy: '复制', copied: '已复制',
    back: '回到今天的任务', asOf: '截至 {{at}}', failed: '没有存上，请再试一次',
  },
  en: {
    nameMust: 'Give it a name', dayMust: 'Choose a day', daysTurned: 'Not before the first day',
    title: 'Calendar', month: 'Month', week: 'Week', list: 'List', view: 'View', before: 'Earlier', after: 'Later', today: 'Today', whose: 'Whose', everybody: 'Everybody', me: 'Mine',
    programme: 'Programme', allProgrammes: 'All programmes', add: 'New campaign', off: 'off', worked: 'worked', monthOf: '{{y}}-{{m}}', span: '{{from}} to {{to}}',
    task: 'Tasks', visit: 'Visits', imaging: 'Imaging', check: 'Checks', refill: 'Refills', device: 'Device checks', journey: 'Journey steps', campaign: 'Campaign',
    one_task: 'Task', one_visit: 'Visit', one_imaging: 'Imaging', one_check: 'Check', one_refill: 'Refill', one_device: 'Device check', one_journey: 'Journey step',
    days: 'Mon,Tue,Wed,Thu,Fri,Sat,Sun', open: '{{day}}: {{kind}} {{n}}, {{people}} people, open the list', count: '{{kind}} {{n}}', move: 'Move', moveTo: 'To which day', moved: 'Moved to {{day}}',
    notMoved: 'Not moved: {{why}}', cannot: 'This cannot be moved', drag: 'Drag to another day, or press Move', late: 'Late', empty: 'Nothing in this time', emptyBody: 'Choose another time, or everybody.', more: 'The first {{n}} of {{total}}. Choose a shorter time or filter.',
    who: 'Person', what: 'What', when: 'Day', kind: 'Kind', name: 'Name', from: 'Begins', to: 'Ends', segment: 'Segment or tag (optional)', content: 'Text (optional)', journeyKey: 'Journey (optional)', programmeFirst: 'Choose the programme first', safetyOf: ' ({{n}} safety)', note: 'Note', owner: 'Responsible',
    save: 'Save', cancel: 'Cancel', cancelCampaign: 'Call it off', cancelled: 'called off', people: '{{n}} people', newTitle: 'New campaign', editTitle: 'Campaign: {{name}}', plain: 'A campaign is a plan; it sends nothing by itself.',
    feed: 'Subscribe on a phone', feedBody: 'A secret address for you alone: numbers and names of campaigns, nobody’s name and no value. Do not pass it on.', feedMake: 'Make an address', feedAgain: 'New address', feedEnd: 'End it', feedSince: 'Valid since {{at}}', feedOnce: 'The address is shown this once; copy it into the calendar of your phone now:', feedOff: 'There is no address yet', copy: 'Copy', copied: 'Copied',
    back: 'Back to the tasks of today', asOf: 'As of {{at}}', failed: 'Not saved, please try again',
  },
})
