// Why an event was not taken, in words. The codes are those of the intake; one that is not known here is shown as it is.
import type { Text } from '../../../../client/types'

const T = (zh: string, en: string): Text => ({ zh, en })

const reasons: Record<string, Text> = {
  bad_identifier: T('这个值不能用来认人', 'A value that cannot name a person'),
  bad_json: T('不是 JSON', 'Not JSON'),
  bad_message_id: T('消息编号太长', 'The message id is too long'),
  bad_reference: T('引用的编号不是一个事件', 'The id referred to is no event'),
  bad_sent_at: T('发送时间和事件的时间对不上', 'The time of sending does not fit the event'),
  bad_time: T('时间写法不对', 'Not a time'),
  consent_needed: T('本人还没有同意处理健康数据，同意后自动收下', 'The person has not agreed to health data; taken in once they do'),
  doctor_only: T('只能由医生本人的账号填写', 'Only a doctor’s own account states this'),
  event_missing: T('没有写是哪种事件', 'The type of event is missing'),
  event_not_found: T('要改正或撤回的记录找不到', 'The record to put right or take back is not there'),
  event_too_large: T('一个事件太大', 'One event is too large'),
  field_missing: T('缺少必填字段', 'A required field is missing'),
  group_missing: T('没有写是哪个组', 'The group is missing'),
  in_the_future: T('时间在将来', 'A time in the future'),
  message_id_conflict: T('同一编号来过，内容不一样', 'The same message id came before with another content'),
  no_identifier: T('没有说明是谁', 'It does not say whose it is'),
  not_a_number: T('应为数字', 'A number is expected'),
  not_an_event: T('不是一个 JSON 对象', 'Not a JSON object'),
  not_of_this_source: T('只能改正或撤回本来源发来的记录', 'A source corrects only what it sent itself'),
  not_one_line: T('有换行或控制字符', 'Line breaks or control characters'),
  not_text: T('应为文字', 'Text is expected'),
  not_true_or_false: T('应为是或否', 'True or false is expected'),
  nothing_to_hide: T('这个人没有要改正或撤回的那条记录', 'The person has no such record to put right or take back'),
  out_of_range: T('数值超出可能的范围', 'The number is outside the possible range'),
  properties_not_object: T('事件的内容不是 JSON 对象', 'The properties are not a JSON object'),
  said_twice: T('同一个字段写了两次', 'The same field is given twice'),
  signed_by_account_only: T('只有医生本人的账号能签署', 'Only a doctor’s own account signs'),
  signed_by_another: T('已由医生签署，只有他本人能改', 'Signed by a doctor, who alone changes it'),
  system_event_type: T('这种事件只由系统自己写', 'This type is written by the system alone'),
  text_too_long: T('文字太长', 'The text is too long'),
  too_long_ago: T('时间太早', 'Too long ago'),
  two_people: T('两个标识已经属于两个人', 'The identifiers belong to two people already'),
  unknown_code: T('不认识这个代码', 'A code that is not known'),
  unknown_event_type: T('目录里没有这种事件', 'The catalogue has no such event'),
  unknown_kind: T('不认识这种消息', 'A kind of message that is not known'),
  unknown_programme: T('没有这个项目', 'No such programme'),
  unknown_unit: T('不认识这个单位', 'A unit that is not known'),
  verified_by_staff: T('核对原件由工作人员完成', 'Staff see the paper and say so'),
  visitor_not_known: T('这位访客还没有档案，浏览不保存', 'Nobody knows this visitor; the page is not kept'),
  wrong_type: T('字段的类型不对', 'A field of the wrong type'),
}

export const reasonText = (code: string): Text => reasons[code] ?? T(code, code)
export const reasonCodes = Object.keys(reasons)
