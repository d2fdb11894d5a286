import { words } from '../../../ui/i18n'

export const usePersonWords = words('person-form', {
  zh: {
    add: '添加人员', edit: '改资料', name: '姓名', phone: '手机号', phoneKeep: '尾号 {{last4}}，不改就空着', phoneNote: '加密保存；用来找到同一个人', gender: '性别', male: '男', female: '女', birthYear: '出生年份', birthHint: '例如 1956',
    alone: '独居', yes: '是', no: '不是', unknown: '不清楚', elder: '手机用长辈版', programme: '项目', usual: '默认项目', join: '加入项目', leave: '退出项目', leaveNote: '退出后不再有这个项目的标签、阶段和提醒；记录都留着', nothing: '不变', owner: '负责人', doctor: '医生', noDoctor: '没有',
    consents: '已经同意的', consentsNote: '一项一项单独同意。没勾的，本人第一次打开手机时会问；健康数据同意之前先存着，不处理。', basis: '怎样同意的', basis_paper: '签了字的纸', basis_recorded_call: '有录音的电话', proof: '证明在哪里', proofHint: '例如 同意书编号 2026-0312',
    save: '保存', cancel: '取消', needName: '请写姓名', needYear: '写四位年份，例如 1956', needBasis: '请选怎样同意的', needProof: '请写证明在哪里', existing: '这个手机号是 {{name}} 的，没有重复添加，已打开他的页面', added: '已添加 {{name}}', saved: '已保存', moved: '刚被别人改过，已换成最新的，请再看一遍', failed: '没有保存：{{code}}',
  },
  en: {
    add: 'Add a person', edit: 'Edit person', name: 'Name', phone: 'Telephone', phoneKeep: 'Ends in {{last4}}; leave empty to keep', phoneNote: 'Sealed; it finds the same person again', gender: 'Sex', male: 'Male', female: 'Female', birthYear: 'Year of birth', birthHint: 'such as 1956',
    alone: 'Lives alone', yes: 'Yes', no: 'No', unknown: 'Not known', elder: 'Large type on the phone', programme: 'Programme', usual: 'The usual programme', join: 'Join a programme', leave: 'Leave a programme', leaveNote: 'Its tags, stage and reminders end; everything recorded stays', nothing: 'No change', owner: 'Owner', doctor: 'Doctor', noDoctor: 'None',
    consents: 'Agreed to already', consentsNote: 'Each purpose on its own. What is not ticked is asked on the phone; health data wait, unprocessed, until then.', basis: 'How', basis_paper: 'Signed paper', basis_recorded_call: 'Recorded call', proof: 'Where the proof lies', proofHint: 'such as sheet 2026-0312',
    save: 'Save', cancel: 'Cancel', needName: 'Please write the name', needYear: 'Four digits, such as 1956', needBasis: 'Please say how', needProof: 'Please say where the proof lies', existing: 'This number is {{name}}’s: nobody was added, their page is open now', added: '{{name}} was added', saved: 'Saved', moved: 'Someone changed this meanwhile; you see the latest, please check again', failed: 'Not saved: {{code}}',
  },
})
