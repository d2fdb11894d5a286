import { words } from '../../../../ui/i18n'

export const useWords = words('imports', {
  zh: {
    imports: '导入', upload: '上传表格', uploading: '正在上传 {{n}}%', lead: 'CSV 或 Excel，最多 64 MB。同一行再来一次不会重复；整次导入可以撤销。',
    none: '还没有导入过', noneBody: '上传一张表：血糖记录、体检、化验、网店订单都可以。各栏是什么会先猜好，再请你核对。',
    h_file: '文件', h_when: '时间', h_state: '状态', h_rows: '行', h_do: '操作',
    s_draft: '待核对', s_waiting: '排队', s_running: '导入中', s_stopped: '已停下', s_done: '完成', s_failed: '没有读完', s_undoing: '撤销中', s_undone: '已撤销',
    sum: '{{rows}} 行 = 收下 {{taken}} + 重复 {{repeated}} + 拒收 {{refused}}', kept: '{{n}} 行等本人同意', part: '{{n}} 行有一部分没收', stopping: '这一批完就停',
    look: '核对并导入', discard: '丢弃', stop: '停下', go: '继续', undo: '撤销整次导入', refused: '拒收的行', undone: '撤回 {{taken}} 件', stays: '医生签署 {{signed}} 件、后来改过 {{changed}} 件，没有动',
    undoTitle: '撤销“{{name}}”？', undoBody: '这次导入的 {{n}} 件记录都会撤回，之后可以重新导入。医生签署的、导入后有人改过的不动。新建的人保留。', undoKept: '等本人同意的 {{n}} 行不在内：本人同意后仍会收下。', undoOk: '撤回 {{n}} 件', cancel: '取消',
    wizard: '核对 {{name}}', sheet: '工作表：{{name}}', columns: '各栏', c_name: '表里的栏', c_examples: '例子', c_taken: '当作', unused: '不用',
    questions: '还要你回答', preview: '前几行会变成', looking: '看看结果', line: '第 {{n}} 行', who: '谁', nobody: '没有说明是谁', not: '不收：', partly: '有一部分不收：',
    basis: '依据', basisHint: '按什么依据保存这些人的数据，会和同意一起记下。不填就不记同意，健康数据先放着，等本人同意。', basisExample: '例如：纸质同意书', start: '开始导入', openLeft: '还有 {{n}} 个问题没回答', choose: '请选择', back: '返回',
  },
  en: {
    imports: 'Imports', upload: 'Upload a table', uploading: 'Uploading {{n}}%', lead: 'CSV or Excel, 64 MB at most. A row that comes again is not stored twice; a whole import can be undone.',
    none: 'Nothing was imported yet', noneBody: 'Upload a table: glucose diaries, check-ups, laboratory lists, orders of a shop. What its columns are is guessed, then you check it.',
    h_file: 'File', h_when: 'When', h_state: 'State', h_rows: 'Rows', h_do: 'Actions',
    s_draft: 'To check', s_waiting: 'Waiting', s_running: 'Running', s_stopped: 'Stopped', s_done: 'Done', s_failed: 'Not read to the end', s_undoing: 'Being undone', s_undone: 'Undone',
    sum: '{{rows}} rows = {{taken}} taken + {{repeated}} repeated + {{refused}} refused', kept: '{{n}} rows wait for consent', part: '{{n}} rows taken in part', stopping: 'Stops after this batch',
    look: 'Check and import', discard: 'Discard', stop: 'Stop', go: 'Continue', undo: 'Undo the import', refused: 'Refused rows', undone: '{{taken}} taken back', stays: '{{signed}} signed and {{changed}} changed since stay',
    undoTitle: 'Undo “{{name}}”?', undoBody: 'All {{n}} records of this import are taken back; the file can be imported again. What a doctor signed or somebody changed since stays. People who were added stay.', undoKept: 'The {{n}} rows that wait for consent are not among them: they come in when the person agrees.', undoOk: 'Take back {{n}}', cancel: 'Cancel',
    wizard: 'Check {{name}}', sheet: 'Sheet: {{name}}', columns: 'Columns', c_name: 'Column', c_examples: 'Examples', c_taken: 'Taken for', unused: 'not used',
    questions: 'Please answer', preview: 'The first rows become', looking: 'Show the result', line: 'Row {{n}}', who: 'Whose', nobody: 'not said whose', not: 'Refused: ', partly: 'Refused in part: ',
    basis: 'Basis', basisHint: 'On what basis these data are kept; recorded with the consents. Left empty, no consent is recorded and health data wait until the person agrees.', basisExample: 'such as: paper consent', start: 'Start the import', openLeft: '{{n}} questions are open', choose: 'Choose', back: 'Back',
  },
})
