package api

import (
	"cmp"
	"context"
	"strconv"
	"strings"
)

// An action of the log of proof is what it is about and what was done: person.read. Both have words; a few actions have words of their own.

// auditSubjects are what actions are about.
var auditSubjects = map[string]Text{
	"absence": text("请假", "an absence"), "apikey": text("接口密钥", "a key of another system"), "audit": text("访问记录", "the log of access"), "changes": text("变化", "changes"),
	"corp": text("企业微信连接", "a connection of WeCom"), "outlet": text("发送渠道", "a way out"), "outlet_order": text("渠道的顺序", "the order of channels"), "clock": text("演练时钟", "the rehearsal clock"), "course": text("课程", "a course"), "deliveries": text("定时发送", "deliveries"), "delivery": text("定时发送", "a delivery"),
	"disclosure": text("病情告知方式", "what may be told"), "doubt": text("存疑数据", "data in doubt"), "doubts": text("存疑数据", "data in doubt"), "draft": text("草稿", "a draft"),
	"entrance": text("入口码", "an entry code"), "event-records": text("事件明细", "the list of events"), "events": text("事件明细", "events"), "exam": text("考试", "an exam"),
	"family": text("家属", "family"), "fhir": text("标准病历资料（FHIR）", "records by FHIR"), "file": text("健康档案", "the health file"), "form": text("问卷", "a questionnaire"), "forms": text("问卷", "questionnaires"),
	"overdue": text("逾期的人", "people overdue"), "handover": text("交接", "a hand-over"), "journey": text("旅程", "a journey"), "household": text("同住的人", "a household"), "identity": text("身份规则", "the rules of identity"), "import": text("导入", "an import"),
	"imports": text("导入记录", "imports"), "intake": text("数据接收", "intake"), "inviters": text("邀请", "who brought whom"), "journey-effect": text("旅程的成效", "the effect of journeys"), "journeys": text("旅程", "journeys"),
	"key": text("来源的密钥", "a source's key"), "knows": text("本人知情情况", "what the person knows"), "layers": text("分层管理", "layers"), "match": text("身份比对", "matching"), "me": text("本人手机上的内容", "on their own phone"),
	"measures": text("测量值", "measurements"), "member": text("工作人员", "staff"), "members": text("同一个人的各份记录", "records of one person"), "message": text("消息", "a message"), "messages": text("消息", "messages"),
	"nightscout": text("血糖上传设备", "an uploader"), "order": text("订单", "an order"), "owner": text("负责人规则", "the rules of owners"), "owners": text("负责人", "owners"), "people": text("人员名单", "the list of people"),
	"person": text("人员", "a person"), "product": text("商品", "a product"), "products": text("商品", "products"), "product-questions": text("没对上的商品", "products nobody knows"), "programme": text("项目", "a programme"), "quarantine": text("等本人同意的数据", "data waiting for consent"),
	"reading": text("读数", "a reading"), "readings": text("读数", "readings"), "receipt": text("小票", "a receipt"), "receipts": text("小票", "receipts"), "referral": text("转诊", "a referral"), "referrals": text("转诊", "referrals"),
	"rehearsal": text("演练空间", "a rehearsal"), "reject": text("拒收的数据", "refused data"), "rejects": text("拒收的数据", "refused data"), "report": text("报告文件", "a report"), "review": text("身份核对", "a match"), "reviews": text("身份核对", "matches"), "rule": text("规则", "a rule"), "runs": text("旅程进度", "runs of journeys"),
	"segment": text("人群", "a segment"), "segments": text("人群", "segments"), "sendings": text("发送记录", "the record of deliveries"), "session": text("登录", "a session"), "shared": text("家属可看的内容", "what family may see"), "source": text("数据来源", "a source"), "sources": text("数据来源", "sources"),
	"staff": text("工作人员账号", "an account of staff"), "stage": text("阶段", "a stage"), "stream": text("事件流", "the stream of events"), "tag": text("标签", "a tag"), "tags": text("标签", "tags"), "target": text("目标", "a target"), "task": text("任务", "a task"), "tasks": text("任务", "tasks"),
	"timeline": text("时间线", "the timeline"), "unassigned": text("没有负责人的人", "people without an owner"), "uploader": text("血糖上传设备", "an uploader"), "uploaders": text("血糖上传设备", "uploaders"), "visit": text("就诊页", "a visit page"), "webhook": text("推送地址", "a webhook"), "work": text("工作设置", "settings of work"), "workspace": text("工作区", "a workspace"),
	"entrances": text("入口码", "entry codes"), "entrance-costs": text("渠道费用", "what channels cost"), "handoverlines": text("交接名单", "people of a hand-over"), "courseresults": text("课程成绩", "course results"),
}

// auditVerbs are what was done. %s stands for what it was done to.
var auditVerbs = map[string][2]string{
	"claim": {"接手%s", "Took %s"}, "confirmed": {"核对%s的答复", "Checked the answers of %s"}, "skip": {"跳过%s", "Skipped %s"}, "postpone": {"推后%s", "Put off %s"}, "cancel": {"取消%s", "Cancelled %s"}, "reject": {"不采纳%s", "Did not take %s"}, "fill": {"填写%s", "Filled in %s"},
	"ask": {"请医生签署%s", "Asked a doctor to sign %s"}, "back": {"放回%s", "Put back %s"}, "hand": {"转交%s", "Handed over %s"}, "different": {"认定不是同一人：%s", "Said that they are not one: %s"}, "count": {"试算%s的人数", "Counted who fits %s"},
	"form": {"改%s里的问卷", "Changed a questionnaire of %s"}, "groups": {"改%s里的分组", "Changed groups of %s"}, "head": {"改%s的名称", "Changed the name of %s"}, "journey": {"改%s里的旅程", "Changed a journey of %s"}, "layer": {"改%s里的分层", "Changed a layer of %s"}, "stages": {"改%s里的阶段", "Changed stages of %s"},
	"tag": {"改%s里的标签", "Changed a tag of %s"}, "target": {"改%s里的目标", "Changed a target of %s"}, "text": {"改%s里的文字", "Changed a text of %s"}, "word": {"改%s里的用词", "Changed a word of %s"}, "nightscout": {"%s：血糖上传设备", "%s: an uploader"},
	"add": {"添加%s", "Added %s"}, "answer": {"答复%s", "Answered %s"}, "answers": {"查看%s的答复", "Read answers to %s"}, "assign": {"分配%s的负责人", "Gave %s an owner"}, "batch": {"%s一批", "A batch of %s"},
	"begin": {"开始%s", "Began %s"}, "bulk": {"批量处理%s", "Dealt with many: %s"}, "change": {"修改%s", "Changed %s"}, "clear": {"核实%s", "Cleared %s"}, "close": {"关闭%s", "Closed %s"}, "complete": {"完成%s", "Completed %s"},
	"continue": {"继续%s", "Went on with %s"}, "correct": {"更正%s", "Corrected %s"}, "cost": {"填写%s的费用", "Said what %s cost"}, "create": {"新建%s", "Made %s"}, "default": {"设定%s的默认值", "Set the default of %s"}, "discard": {"丢弃%s", "Discarded %s"},
	"done": {"处理完%s", "Dealt with %s"}, "drop": {"去掉%s", "Removed %s"}, "effect": {"查看%s的成效", "Read the effect of %s"}, "end": {"结束%s", "Ended %s"}, "erase": {"删除%s", "Erased %s"}, "export": {"导出%s", "Exported %s"}, "failed": {"%s没有成功", "Failed: %s"},
	"file": {"从文件读入%s", "Read a file of %s"}, "hand_in": {"交卷：%s", "Handed in %s"}, "history": {"查看%s的历史", "Read the history of %s"}, "import": {"导入%s", "Imported %s"}, "join": {"加入：%s", "Joined: %s"}, "leave": {"离开：%s", "Left: %s"}, "link": {"关联%s", "Linked %s"},
	"links": {"查看%s的链接", "Read the links of %s"}, "list": {"查看%s列表", "Listed %s"}, "look": {"预览%s", "Looked at %s"}, "map": {"对应%s里的内容", "Mapped what is in %s"}, "merge": {"合并%s", "Merged %s"}, "move": {"推进%s", "Moved %s"}, "now": {"立即执行%s", "Ran at once: %s"},
	"off": {"停用%s", "Switched off %s"}, "open": {"打开%s", "Opened %s"}, "page": {"查看%s", "Read %s"}, "pause": {"暂停%s", "Paused %s"}, "people": {"查看%s里的人", "Read who is in %s"}, "phone": {"查看%s的手机号", "Read the phone number of %s"}, "preview": {"试算%s", "Tried %s"}, "print": {"打印%s", "Printed %s"}, "publish": {"发布%s", "Published %s"}, "rehearse": {"用过去的时间预演%s", "Rehearsed %s over past time"},
	"question": {"处理%s的问题", "Dealt with a question about %s"}, "read": {"查看%s", "Read %s"}, "refund": {"登记%s退款", "Typed a refund of %s"}, "refund-undo": {"撤回%s退款", "Took back a refund of %s"}, "refuse": {"退回%s", "Sent back %s"}, "refused": {"%s被拒绝", "Refused: %s"}, "reinstate": {"恢复%s的数据", "Took back in what came from %s"},
	"remove": {"移除%s", "Removed %s"}, "reopen": {"重新处理%s", "Took up again %s"}, "replay": {"重放%s", "Replayed %s"}, "restore": {"恢复%s", "Restored %s"}, "retract": {"撤回%s", "Took back %s"}, "retry": {"重试%s", "Tried again: %s"}, "review": {"审核%s", "Reviewed %s"}, "revoke": {"作废%s", "Revoked %s"}, "rotate": {"更换%s的密钥", "Changed the secret of %s"}, "rules": {"修改%s", "Changed %s"},
	"run": {"执行%s", "Ran %s"}, "same": {"认定同一人：%s", "Said that they are one: %s"}, "save": {"保存%s", "Saved %s"}, "search": {"检索%s", "Searched %s"}, "send": {"发送%s", "Sent %s"}, "set": {"设定%s", "Set %s"}, "setting": {"修改%s设置", "Changed settings of %s"}, "settings": {"修改%s", "Changed %s"}, "sign": {"签署%s", "Signed %s"},
	"split": {"拆分%s", "Split %s"}, "unsplit": {"撤销拆分%s", "Undid a split of %s"}, "start": {"开始%s", "Started %s"}, "state": {"改变%s的状态", "Changed the state of %s"}, "stop": {"停止%s", "Stopped %s"}, "stopped": {"%s被停止", "Stopped: %s"}, "suspect": {"发现%s存疑", "Found in doubt: %s"}, "tell": {"说明%s内容", "Said what %s holds"}, "test": {"测试%s", "Tested %s"}, "told": {"告知%s", "Told %s"}, "try": {"试算%s", "Tried %s"}, "type": {"录入%s", "Typed %s"},
	"unassigned": {"查看没有%s的人", "Read who has none of %s"}, "undo": {"撤销%s", "Undid %s"}, "undone": {"撤销完%s", "Undid all of %s"}, "unmerge": {"撤销合并%s", "Took a merge back: %s"}, "upload": {"上传%s", "Uploaded %s"}, "why": {"查看%s的原因", "Read why: %s"}, "withdraw": {"撤回%s的数据", "Withdrew what came from %s"}, "walk": {"用真实记录试跑%s草稿", "Tried a draft of %s on somebody"}, "figures": {"查看%s每一步的数字", "Read the numbers of the steps of %s"}, "write": {"写入%s", "Wrote %s"}, "table": {"%s：表格", "%s: a table"}, "fhir": {"%s：标准病历资料（FHIR）", "%s: FHIR"},
}

// auditOwn are actions with words of their own.
var auditOwn = map[string]Text{
	"session.begin": text("登录", "Signed in"), "session.end": text("退出登录", "Signed out"), "session.refused": text("登录被拒绝", "Was refused to sign in"), "session.create": text("为本人开通手机登录", "Let the person sign in on a phone"),
	"intake.batch": text("接收一批数据", "Took in a batch of data"), "intake.alias": text("关联身份", "Linked identities"), "intake.nightscout": text("接收血糖上传设备的数据", "Took in data of an uploader"), "import.uci-diabetes": text("导入公开数据集", "Imported a public data set"),
	"consents.read": text("查看本人的各项同意", "Read what the person agreed to"), "consents.coverage": text("查看各用途的同意情况", "Read who agreed to what"), "consents.people": text("查看某项同意背后的人", "Read whom a number of consents counts"),
	"review.family": text("认定是家人，不是同一人", "Said that they are family, not one person"), "me.preferences": text("本人看或改消息怎么发", "How they want to be written to"), "caps.change": text("修改消息上限", "Changed how many messages people get"), "stops.change": text("修改退订的话", "Changed the words of opting out"), "message.proof": text("重查一次发送", "Found a send again"),
	"family.consent": text("监护人改孩子的同意", "A guardian changed a child's consent"), "family.consents": text("监护人看孩子的同意", "A guardian read a child's consents"),
	"calendar": text("查看日历", "Read the calendar"), "calendar.export": text("导出日历", "Exported the calendar"), "calendar.items": text("查看日历上的人和事", "Read what is on which day for whom"), "calendar.feed.make": text("生成日历订阅地址", "Made an address for their calendar"),
	"calendar.feed.end": text("停用日历订阅地址", "Ended the address of their calendar"), "calendar.feed.read": text("手机日历读取订阅", "A phone read the calendar"), "campaign.add": text("新建活动", "Planned a campaign"), "campaign.change": text("修改活动", "Changed a campaign"),
	"me.today": text("本人看今天", "Their own today"), "me.file": text("本人看健康档案", "Their own health file"), "me.readings": text("本人看血糖", "Their own readings"), "me.measures": text("本人看测量值", "Their own measurements"), "me.messages": text("本人看消息", "Their own messages"), "me.message": text("本人看一条消息", "A message of their own"),
	"me.forms": text("本人看问卷", "Their own questionnaires"), "me.visit": text("本人看就诊准备", "Their own visit"), "me.family": text("本人看家属设置", "Their own family settings"), "me.consent": text("本人改同意", "Changed their consent"), "me.contact": text("本人看联系方式", "Whom they may reach"), "me.came": text("本人从入口码进入", "Came by an entry code"), "me.invite": text("本人邀请别人", "Invited somebody"), "me.invitation": text("本人看邀请", "Read an invitation"),
	"me.referral": text("本人处理转诊", "Dealt with their referral"), "me.referrals": text("本人看转诊", "Their own referrals"), "me.settings": text("本人改设置", "Changed their settings"), "me.uploaders": text("本人看上传设备", "Their own uploaders"), "me.ask_doctor": text("本人请医生谈谈", "Asked a doctor to talk"),
	"conversations.list": text("查看收件箱", "Read the inbox"), "conversation.read": text("查看会话", "Read a conversation"), "conversation.suggestions": text("查可用的答案", "Looked for answers"), "conversation.taken": text("接手会话", "Took a conversation over"),
	"conversation.given_back": text("会话交回智能助手", "Gave a conversation back to the assistant"), "conversation.assigned": text("转交会话", "Handed a conversation over"), "conversation.promised": text("约定回复时间", "Promised an answer"), "conversation.snoozed": text("会话稍后提醒", "Put a conversation aside"),
	"conversation.closed": text("完成会话", "Finished a conversation"), "conversation.reopened": text("重新打开会话", "Opened a conversation again"), "conversation.noted": text("会话备注", "Noted something about a conversation"), "conversation.settled": text("处理没答上的问题", "Dealt with a question nobody had answered"),
	"conversation.settings": text("改会话设置", "Changed how conversations are answered"), "questions.list": text("查看没答上的问题", "Listed questions nobody had answered"), "me.chat": text("本人看聊天", "Their own chat"), "me.chat.say": text("本人写消息", "Wrote to us"),
	"knowledge.add": text("写知识库", "Wrote into the knowledge base"), "knowledge.change": text("改知识库", "Changed the knowledge base"), "knowledge.approve": text("审核知识库", "Approved knowledge"), "knowledge.retire": text("停用知识库", "Retired knowledge"),
	"overdue.try": text("联系逾期的人", "Tried to bring somebody back"), "journey.start": text("放进旅程", "Put into a journey"), "tasks.bulk.preview": text("批量处理任务前看影响", "Looked at what dealing with many tasks would do"), "session.enter": text("从旁边的空间进来", "Came from the workspace beside"), "session.leave": text("去旁边的空间", "Went to the workspace beside"), "draft.give": text("草稿被带到旁边的空间", "A draft was taken to the workspace beside"), "draft.bring": text("从旁边的空间带来草稿", "Took a draft from the workspace beside"), "clock.move": text("拨动演练时钟", "Moved the rehearsal clock"), "data.suspect": text("发现存疑数据", "Found data in doubt"), "product.complete": text("补全订单的商品", "Completed orders with their product"), "person.add": text("添加人员", "Added a person"), "person.read": text("查看人员", "Looked at a person"), "person.join": text("加入项目", "Joined a programme"), "entrance.way": text("改入口码的企业微信码", "Changed the contact way of an entry code"), "person.greeted": text("发欢迎语", "Greeted a new contact"),
	"people.list": text("查看人员名单", "Listed people"), "task.complete": text("完成任务", "Completed a task"), "file.read": text("查看健康档案", "Read the health file"), "stream.read": text("对方读取事件流", "Another system read the stream"),
}

// auditActions are the deeds that may be asked for, most looked for first.
var auditActions = strings.Fields(`person.read people.list people.export timeline.read readings.read measures.read file.read fhir.read fhir.search fhir.export forms.read messages.read tasks.list
	tasks.export event-records.export events.export events.read person.phone report.read receipts.read doubts.list doubts.export layers.export audit.read audit.export quarantine.read stream.read webhook.send delivery.run delivery.failed
	session.begin session.end session.refused session.create staff.create staff.open staff.close key.create key.rotate apikey.create apikey.rotate apikey.revoke webhook.create delivery.create
	person.add person.change person.assign person.merge person.unmerge person.split person.unsplit person.link person.erase reading.write reading.retract file.write file.correct file.retract file.sign form.write form.retract report.write receipt.type receipt.refuse
	receipt.reopen receipt.refund task.complete tasks.bulk message.write message.review conversation.read conversation.closed conversation.assigned me.chat.say knowledge.approve doubt.clear disclosure.set segment.set import.table import.fhir import.undo source.create source.change source.rotate source.withdraw source.reinstate reject.replay reject.drop
	intake.batch programme.publish programme.state clock.move rehearsal.create rehearsal.remove draft.bring`)

// auditSteps are what came of a deed that goes on for a while, or the part of it that was done: the third part of an action.
var auditSteps = map[string]Text{
	"ask": text("开始批量", "many, begun"), "stop": text("叫停", "asked to stop"), "continue": text("继续", "gone on with"),
	"begin": text("开始", "begun"), "done": text("已完成", "done"), "stopped": text("被停止", "stopped"), "drop": text("取消", "dropped"), "file": text("取文件", "a file taken"), "change": text("修改", "changed"), "undo": text("撤销", "undone"), "keep": text("保留", "kept"), "preview": text("看影响", "looked at"),
}

// deedOf says an action in words; one nobody put into words is itself.
func deedOf(action string) Text {
	if t, ok := auditOwn[action]; ok {
		return t
	}
	if i := strings.LastIndexByte(action, '.'); i > strings.IndexByte(action, '.') {
		step, known := auditSteps[action[i+1:]]
		of := deedOf(action[:i])
		if !known || of.Zh == action[:i] {
			return Text{Zh: action, En: action}
		}
		return Text{Zh: of.Zh + "（" + step.Zh + "）", En: of.En + " (" + step.En + ")"}
	}
	subject, verb, _ := strings.Cut(action, ".")
	s, known := auditSubjects[subject]
	v, done := auditVerbs[verb]
	if !known || !done {
		return Text{Zh: action, En: action}
	}
	return Text{Zh: strings.Replace(v[0], "%s", s.Zh, 1), En: strings.Replace(v[1], "%s", s.En, 1)}
}

func deedChoices() []Choice {
	out := make([]Choice, 0, len(auditActions))
	for _, a := range auditActions {
		out = append(out, Choice{a, deedOf(a)})
	}
	return out
}

// auditActors are who is no person and no member of staff.
var auditActors = map[string]Text{
	"command": text("服务器上的命令", "A command on the server"), "engine": text("系统自动", "peiban by itself"), "system": text("系统自动", "peiban by itself"), "demo": text("演示", "The demonstration"),
	"key": text("其他系统（接口密钥）", "Another system, by a key"), "webhook": text("推送", "A webhook"), "delivery": text("定时发送", "A delivery"), "uploader": text("上传设备", "An uploader"), "visit": text("医生（就诊链接）", "A doctor, by visit link"),
}

// actorWords says who did it.
func (s *Server) actorWords(ctx context.Context, c *caller, actor string) Text {
	kind, id, _ := strings.Cut(actor, ":")
	switch kind {
	case "staff":
		if m := c.space.ref(ctx, s.store, id); m != nil {
			return Text{Zh: m.Name, En: m.Name}
		}
	case "person", "self":
		return text("本人或家属", "The person or family")
	case "source":
		if n, err := strconv.ParseInt(id, 10, 32); err == nil {
			if name := c.space.sourceName(ctx, s.store, int32(n)); name != "" {
				return Text{Zh: "来源：" + name, En: "Source: " + name}
			}
		}
	}
	if t, ok := auditActors[kind]; ok {
		return t
	}
	return Text{Zh: cmp.Or(actor, "系统自动"), En: cmp.Or(actor, "peiban by itself")}
}
