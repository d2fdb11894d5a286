import { words } from '../../../../ui/i18n'

export const useWords = words('learn', {
  zh: {
    title: '学习', lead: '读完课程再考试；通过后在有效期内算数。', none: '现在没有要学的课程', noneBody: '主管发布给您角色的课程会出现在这里。', back: '全部课程',
    h_course: '课程', h_state: '我的进度', h_staff: '同事', h_do: '操作', sub_disease: '疾病', sub_product: '产品', sub_sop: '流程', sample: '示例', draft: '草稿没有发布', changed: '草稿有改动', notMine: '不是给您的角色', version: '第 {{n}} 版',
    st_todo: '还没考', st_open: '考到一半', st_passed: '已通过', st_expired: '已过期，要重考', st_failed: '没有通过，得分 {{n}}', until: '有效到 {{to}}', forever: '一直有效', left: '还能考 {{n}} 次',
    counts: '{{passed}} / {{all}} 人通过', countsMore: '过期 {{expired}}、没通过 {{failed}}、没考 {{todo}}', size: '{{lessons}} 课，{{questions}} 题，{{pass}}% 及格', look: '打开', add: '新课程', keyLabel: '编号（小写字母、数字、连字符）', make: '建草稿', cancel: '取消',
    begin: '开始考试', goOn: '接着考', noneLeft: '考试次数用完了', handIn: '交卷', handInAll: '还有 {{n}} 题没答', q_single: '单选', q_multiple: '多选', q_boolean: '判断', question: '第 {{n}} 题',
    passed: '通过了，得分 {{n}}', failed: '没有通过，得分 {{n}}，及格 {{pass}}', right: '对', wrong: '错', again: '回到课程',
    results: '考试记录', resultsNone: '还没有人考过。', h_name: '姓名', h_at: '交卷', h_score: '得分', h_expires: '有效到', expired: '已过期',
    edit: '编辑草稿', useSample: '用示例建草稿', save: '保存草稿', publish: '发布', saved: '草稿已保存', published: '已发布第 {{n}} 版', saveFirst: '先保存再发布', zh: '中文', en: '英文', f_title: '名称', f_about: '简介', f_subject: '分类', f_roles: '给谁学（不选：所有人）', f_approval: '谁批准的', f_approvalHint: '正式工作区发布前要写批准人和日期', f_pass: '及格线（%）', f_attempts: '最多考几次（0 不限）', f_days: '有效天数（0 一直）',
    lessons: '课', lessonN: '第 {{n}} 课', body: '正文', addLesson: '加一课', questions: '题', addQuestion: '加一题', options: '选项', addOption: '加选项', rightLabel: '正确', why: '说明', remove: '删除', isTrue: '对', isFalse: '错',
    r_admin: '管理员', r_manager: '主管', r_health_manager: '健康管理师', r_pharmacist: '药师', r_doctor: '医生',
  },
  en: {
    title: 'Learning', lead: 'Read the course, then take its exam; a pass counts until it expires.', none: 'There is no course to take', noneBody: 'Courses that managers publish for your role appear here.', back: 'All courses',
    h_course: 'Course', h_state: 'My state', h_staff: 'Staff', h_do: 'Actions', sub_disease: 'disease', sub_product: 'product', sub_sop: 'procedure', sample: 'sample', draft: 'a draft, not published', changed: 'the draft has changes', notMine: 'not for your role', version: 'version {{n}}',
    st_todo: 'not taken', st_open: 'begun', st_passed: 'passed', st_expired: 'expired, take it again', st_failed: 'not passed, {{n}} points', until: 'counts until {{to}}', forever: 'counts for ever', left: 'Attempts left: {{n}}',
    counts: '{{passed}} of {{all}} passed', countsMore: '{{expired}} expired, {{failed}} not passed, {{todo}} not taken', size: 'Lessons: {{lessons}}, questions: {{questions}}, pass at {{pass}}%', look: 'Open', add: 'New course', keyLabel: 'Key (small letters, digits, hyphens)', make: 'Make a draft', cancel: 'Cancel',
    begin: 'Begin the exam', goOn: 'Go on', noneLeft: 'No attempts are left', handIn: 'Hand in', handInAll: 'Questions without an answer: {{n}}', q_single: 'one answer', q_multiple: 'several answers', q_boolean: 'true or false', question: 'Question {{n}}',
    passed: 'Passed with {{n}} points', failed: 'Not passed: {{n}} points, {{pass}} are needed', right: 'right', wrong: 'wrong', again: 'Back to the course',
    results: 'Attempts', resultsNone: 'Nobody has taken it yet.', h_name: 'Name', h_at: 'Handed in', h_score: 'Points', h_expires: 'Counts until', expired: 'expired',
    edit: 'Edit the draft', useSample: 'Make a draft of the sample', save: 'Save the draft', publish: 'Publish', saved: 'The draft is saved', published: 'Version {{n}} is published', saveFirst: 'Save first', zh: 'Chinese', en: 'English', f_title: 'Title', f_about: 'About', f_subject: 'Subject', f_roles: 'For whom (none: everybody)', f_approval: 'Approved by', f_approvalHint: 'needed, with the date, before a live workspace publishes it', f_pass: 'Pass mark (%)', f_attempts: 'Attempts at most (0: any)', f_days: 'Counts for days (0: ever)',
    lessons: 'Lessons', lessonN: 'Lesson {{n}}', body: 'Text', addLesson: 'Add a lesson', questions: 'Questions', addQuestion: 'Add a question', options: 'Options', addOption: 'Add an option', rightLabel: 'right', why: 'Why', remove: 'Remove', isTrue: 'True', isFalse: 'False',
    r_admin: 'Administrator', r_manager: 'Manager', r_health_manager: 'Health manager', r_pharmacist: 'Pharmacist', r_doctor: 'Doctor',
  },
})
