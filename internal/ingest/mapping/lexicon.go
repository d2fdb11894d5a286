package mapping

import (
	"regexp"
	"strings"

	"peiban/internal/event"
	"peiban/internal/measure"
	"peiban/internal/sheet"
)

// names are what columns are called, in the form of sheet.Name, by what they hold. Sources: headers of order lists of the large
// Chinese shops, of hospital and community exports and of glucose diaries; the English ones of meters and research tables.
var names = map[string]string{
	"who.record":     "病历号 病案号 门诊号 住院号 患者编号 患者id 患者号 病人id 病人编号 就诊卡号 就诊号 登记号 档案号 档案编号 健康档案号 会员编号 会员号 会员id 会员卡号 用户id 用户编号 客户编号 编号 学员编号 受试者编号 patientid patientno patientnumber patient mrn recordno recordnumber personid person userid subject subjectid pid id memberid",
	"who.phone":      "手机 手机号 手机号码 电话 电话号码 联系电话 联系手机 联系方式 收货人手机 收货人手机号 收货人电话 收件人手机 买家手机 买家手机号 客户电话 本人电话 phone phonenumber mobile mobilephone tel telephone cell receiverphone",
	"who.account":    "买家会员名 买家昵称 买家账号 买家id 会员名 买家旺旺 旺旺号 下单账号 下单帐号 用户名 客户账号 买家 buyer buyernick buyerid buyeraccount account username buyername",
	"who.id_card":    "身份证 身份证号 身份证号码 证件号 证件号码 idcard idnumber nationalid",
	"profile.name":   "姓名 患者姓名 病人姓名 客户姓名 会员姓名 收货人 收货人姓名 收件人 学员姓名 name patientname fullname receiver receivername",
	"profile.gender": "性别 gender sex", "profile.birthYear": "出生年份 出生年 出生日期 生日 出生年月 birthyear birthday dateofbirth dob birthdate yearofbirth",
	"profile.diabetesType": "糖尿病类型 糖尿病分型 分型 diabetestype", "profile.diagnosedYear": "确诊年份 确诊时间 确诊年 诊断年份 diagnosedyear yearofdiagnosis",
	"time":                     "测量时间 检测时间 记录时间 测量日期时间 日期时间 检查时间 检验时间 采样时间 采血时间 报告时间 监测时间 发生时间 就诊时间 上传时间 时间戳 datetime timestamp recordedat measuredat measurementtime devicetimestamp takenat eventtime collectiontime",
	"date":                     "日期 测量日期 检测日期 记录日期 检查日期 检验日期 采样日期 采血日期 报告日期 监测日期 就诊日期 取药日期 发药日期 处方日期 配药日期 date measurementdate visitdate testdate recorddate filldate",
	"clock":                    "时间 时刻 钟点 time timeofday clock hour",
	"time.paid":                "付款时间 支付时间 订单付款时间 买家付款时间 付款确认时间 paidat paymenttime paytime paydate",
	"time.ordered":             "下单时间 订单创建时间 创建时间 拍下时间 成交时间 订单时间 交易时间 购买时间 购买日期 订单日期 下单日期 orderedat ordertime orderdate createdat created purchasedate",
	"time.refunded":            "退款时间 退款完结时间 退款成功时间 退款完成时间 退款申请时间 售后完成时间 退货时间 refundtime refundedat refunddate",
	"glucose.value":            "血糖 血糖值 血糖结果 指尖血糖 指血糖 末梢血糖 测量结果血糖 glucose glucosevalue bloodglucose bloodsugar bg bgvalue sgv glucosereading historicglucose",
	"glucose.context":          "时段 测量时段 监测时段 餐次 餐段 测量类型 测量时间点 时间点 时间段 测量点 血糖类型 context meal mealcontext mealtag period mealmarker slot",
	"blood_pressure.systolic":  "收缩压 高压 血压高压 sbp systolic systolicbp systolicbloodpressure sys",
	"blood_pressure.diastolic": "舒张压 低压 血压低压 dbp diastolic diastolicbp diastolicbloodpressure dia",
	"blood_pressure.both":      "血压 血压值 bp bloodpressure", "blood_pressure.pulse": "心率 脉搏 pulse heartrate hr",
	"weight.value": "体重 weight bodyweight", "height.value": "身高 height", "height.waist": "腰围 waist waistcircumference",
	"hba1c.value": "糖化血红蛋白 糖化 hba1c a1c hba1c% 糖化血红蛋白hba1c ghb glycatedhaemoglobin glycatedhemoglobin",
	"steps.value": "步数 steps stepcount", "sleep.hours": "睡眠时长 睡眠时间 睡眠 sleep sleephours", "exercise.minutes": "运动时长 运动时间 运动分钟 运动分钟数 exercise exerciseminutes",
	"meal.carbs": "碳水 碳水化合物 碳水克数 carbs carbohydrates carbsg", "insulin.value": "胰岛素剂量 胰岛素用量 insulin insulindose units",
	"device": "设备号 设备编号 设备序列号 仪器编号 仪器序列号 序列号 sn 血糖仪编号 device deviceid serial serialnumber deviceserial",
	"note":   "备注 说明 note notes remark comment comments", "unit": "单位 unit units",
	"lab.item":     "项目 项目名称 检验项目 检查项目 检验项目名称 指标 指标名称 化验项目 test testname item analyte parameter",
	"lab.result":   "结果 检验结果 检查结果 结果值 检测结果 数值 测定值 result value resultvalue",
	"order.number": "订单编号 订单号 主订单编号 主订单号 交易号 交易编号 订单id orderid orderno ordernumber order", "order.line": "子订单编号 子订单号 商品订单编号 明细编号 suborderid lineid orderlineid",
	"order.code":     "商品编码 商家编码 商品编号 外部系统编号 货号 sku sku编码 sku编号 skuid 商品id 规格编码 条码 商品条码 产品编码 productcode productid itemcode",
	"order.title":    "商品名称 商品标题 宝贝标题 标题 宝贝名称 商品 产品名称 商品信息 title productname product productdetail itemname itemtitle",
	"order.quantity": "数量 发药数量 取药数量 购买数量 商品数量 宝贝数量 宝贝总数量 订购数量 件数 quantity qty count", "order.status": "订单状态 交易状态 状态 status orderstatus",
	"order.amount": "实付金额 买家实际支付金额 买家实付金额 实收款 实付款 订单金额 应付金额 订单应付金额 总金额 支付金额 付款金额 成交金额 结算金额 金额 amount paidamount total totalpaid",
	"order.shop":   "店铺名称 店铺 店铺名 门店 门店名称 shop shopname store storename", "order.refunded": "退款金额 退款 已退金额 实退金额 refundamount refund amountrefunded",
	"order.refundStatus": "退款状态 售后状态 是否退款 退货状态 refundstatus", "order.refundReason": "退款原因 退货原因 refundreason",
	"fill.drug": "药品名称 药名 药品 通用名 药品通用名 drug drugname medicine medication", "fill.days": "用药天数 天数 处方天数 可用天数 供应天数 dayssupply days supplydays",
	"fill.dose": "用法用量 用法 服法 服用方法 医嘱 sig directions doseinstruction dosage", "fill.place": "药店 药房 取药地点 发药机构 pharmacy",
}

// labNames are other names of laboratory tests than the catalogue's.
var labNames = map[string]string{
	"tc": "总胆固醇 胆固醇 tc chol cholesterol totalcholesterol", "tg": "甘油三酯 三酰甘油 tg triglyceride triglycerides",
	"ldl": "低密度脂蛋白 低密度脂蛋白胆固醇 ldl ldlc ldl胆固醇", "hdl": "高密度脂蛋白 高密度脂蛋白胆固醇 hdl hdlc hdl胆固醇", "non_hdl": "非高密度脂蛋白胆固醇 nonhdl nonhdlc",
	"creatinine": "肌酐 血肌酐 血清肌酐 cr scr crea creatinine", "urea": "尿素 尿素氮 血尿素氮 bun urea", "uric_acid": "尿酸 血尿酸 ua uric uricacid",
	"egfr": "egfr 肾小球滤过率 估算肾小球滤过率", "uacr": "uacr acr 尿白蛋白肌酐比 尿白蛋白/肌酐 尿白蛋白/肌酐比 尿微量白蛋白/肌酐", "urine_albumin": "尿微量白蛋白 尿白蛋白",
	"alt": "谷丙转氨酶 丙氨酸氨基转移酶 alt gpt", "ast": "谷草转氨酶 天门冬氨酸氨基转移酶 天冬氨酸氨基转移酶 ast got", "ggt": "谷氨酰转肽酶 γ谷氨酰转肽酶 ggt", "alp": "碱性磷酸酶 alp",
	"bilirubin": "总胆红素 tbil bilirubin", "albumin": "白蛋白 血清白蛋白 alb albumin", "haemoglobin": "血红蛋白 hb hgb haemoglobin hemoglobin", "wbc": "白细胞 白细胞计数 wbc", "platelets": "血小板 血小板计数 plt platelets",
	"potassium": "血钾 钾 k potassium", "sodium": "血钠 钠 na sodium", "calcium": "血钙 钙 ca calcium", "phosphate": "血磷 磷 phosphate", "vitamin_d": "维生素d 25羟维生素d 25ohd vitamind",
	"fpg": "空腹静脉血糖 空腹血浆葡萄糖 静脉空腹血糖 fpg fastingplasmaglucose fbg", "glucose_random": "随机静脉血糖 血浆葡萄糖 葡萄糖", "ogtt_2h": "ogtt2h 糖耐量2小时 ogtt2小时", "ogtt_1h": "ogtt1h 糖耐量1小时", "ogtt_0h": "ogtt0h 糖耐量0小时",
	"c_peptide": "c肽 空腹c肽 cpeptide", "insulin": "空腹胰岛素 血清胰岛素 fastinginsulin", "ketone_blood": "血酮 血酮体 ketone bloodketone", "tsh": "促甲状腺激素 tsh", "crp": "c反应蛋白 crp 超敏c反应蛋白 hscrp",
	"esr": "血沉 esr", "homocysteine": "同型半胱氨酸 hcy", "ck": "肌酸激酶 ck", "inr": "inr 国际标准化比值", "d_dimer": "d二聚体 ddimer", "cystatin_c": "胱抑素c cystatinc", "apob": "载脂蛋白b apob", "lpa": "脂蛋白a lpa",
	"urine_protein_24h": "24小时尿蛋白 24h尿蛋白 24小时尿蛋白定量",
}

// contexts are words for the meal slots. "After meals" without the meal is none: which meal is asked.
var contexts = map[string]string{
	"fasting":            "空腹 早餐前 早饭前 早前 晨起空腹 清晨空腹 早上空腹 空腹早餐前 早空腹 晨起 fasting beforebreakfast prebreakfast fbg",
	"after_breakfast_2h": "早餐后 早饭后 早后 早餐后2h 早餐后2小时 早饭后2小时 早餐后两小时 早后2h afterbreakfast postbreakfast afterbreakfast2h",
	"before_lunch":       "午餐前 午饭前 中餐前 午前 中饭前 beforelunch prelunch",
	"after_lunch_2h":     "午餐后 午饭后 中餐后 午后 午餐后2h 午餐后2小时 午饭后2小时 中餐后2小时 中餐后2h 午餐后两小时 午后2h afterlunch postlunch afterlunch2h",
	"before_dinner":      "晚餐前 晚饭前 晚前 beforedinner predinner beforesupper",
	"after_dinner_2h":    "晚餐后 晚饭后 晚后 晚餐后2h 晚餐后2小时 晚饭后2小时 晚餐后两小时 晚后2h afterdinner postdinner aftersupper afterdinner2h",
	"bedtime":            "睡前 临睡 临睡前 晚睡前 bedtime beforebed",
	"night":              "凌晨 夜间 夜里 凌晨3点 夜间3点 凌晨三点 凌晨2点 3点 0点 night overnight 3am",
	"random":             "随机 任意 其他 随机血糖 random other any",
}

// slots are the hours a meal slot is taken to lie at in a table that has a column for each slot and no clock. They only keep the
// readings of a day in their order; a person's own hours go into the map.
var slots = map[string]string{
	"fasting": "07:00", "after_breakfast_2h": "09:30", "before_lunch": "11:30", "after_lunch_2h": "14:00", "before_dinner": "17:30",
	"after_dinner_2h": "20:00", "bedtime": "22:00", "night": "03:00", "random": "12:00",
}

// yesNo are codes of other properties in everyday words.
var otherWords = map[string]string{
	"profile.gender.male": "男 男性 m male 1", "profile.gender.female": "女 女性 f female 2",
	"profile.diabetesType.t1": "1型 1型糖尿病 t1 t1d t1dm type1 i型", "profile.diabetesType.t2": "2型 2型糖尿病 t2 t2d t2dm type2 ii型",
	"profile.diabetesType.gdm": "妊娠 妊娠期 妊娠糖尿病 gdm", "profile.diabetesType.prediabetes": "糖尿病前期 前期 prediabetes", "profile.diabetesType.other": "其他 特殊类型 other",
}

var (
	roles    = table(names)
	labs     = labTable()
	slotOf   = table(contexts)
	wordCode = table(otherWords)
)

// table turns lists of names round.
func table(lists map[string]string) map[string]string {
	out := map[string]string{}
	for key, list := range lists {
		for name := range strings.FieldsSeq(list) {
			out[name] = key
		}
	}
	return out
}

func labTable() map[string]string {
	out := map[string]string{}
	for _, key := range measure.LabKeys() {
		w := event.Words("lab", "test")[key]
		out[sheet.Name(w.Zh)], out[sheet.Name(w.En)] = key, key
	}
	for name, key := range table(labNames) {
		out[name] = key
	}
	return out
}

var (
	bracketUnit = regexp.MustCompile(`[(（\[]([^()（）\[\]]{1,20})[)）\]]`)
	endUnit     = regexp.MustCompile(`(?i)(mmol/l|mg/dl|mmhg|kpa|kg|公斤|斤|mmol/mol|%)$`)
)

// role is what a column's name says it holds, and the unit that stands in the name.
func role(name string) (what, unit string) {
	name = folded(name)
	name, _, _ = strings.Cut(name, "#")
	for _, m := range bracketUnit.FindAllStringSubmatch(name, -1) {
		if looksUnit(m[1]) {
			unit = spelled(m[1])
		}
	}
	bare := name
	if m := endUnit.FindStringIndex(name); m != nil && m[0] > 0 && unit == "" {
		unit, bare = spelled(name[m[0]:]), name[:m[0]]
	}
	bare = strings.TrimRight(bare, "/,，- ")
	forms := []string{name, bare}
	if i := strings.LastIndexByte(name, ' '); i > 0 {
		forms = append(forms, name[i+1:]) // below a name over several columns
	}
	for _, f := range forms {
		n := sheet.Name(f)
		n = strings.TrimSuffix(strings.TrimPrefix(n, "*"), "*")
		if w, ok := roles[n]; ok {
			return w, unit
		}
		if lab, ok := labs[n]; ok {
			return "lab:" + lab, unit
		}
		for _, g := range [...]string{"血糖值", "血糖", "glucose", "bg"} {
			if !strings.Contains(n, g) && f != forms[len(forms)-1] {
				continue
			}
			if slot, ok := slotOf[strings.Trim(strings.Replace(n, g, "", 1), "的")]; ok {
				return "glucose@" + slot, unit
			}
		}
	}
	return "", unit
}

func looksUnit(s string) bool {
	s = strings.ToLower(strings.ReplaceAll(folded(s), " ", ""))
	if _, ok := spellings[s]; ok {
		return true
	}
	for _, m := range units {
		if _, ok := m[s]; ok {
			return true
		}
	}
	return false
}

// wordOf is the code that a word in a cell means, empty when it is none.
func wordOf(spec *event.Spec, f *event.Field, s string) string {
	n := sheet.Name(s)
	for _, code := range f.Enum {
		w := event.Words(spec.Key, f.Name)[code]
		if s == code || n == sheet.Name(code) || n != "" && (n == sheet.Name(w.Zh) || n == sheet.Name(w.En)) {
			return code
		}
	}
	if spec.Type == event.Lab && f.Name == "test" {
		return labs[n]
	}
	if f.Name == "context" {
		if slot := slotOf[strings.ReplaceAll(n, "血糖", "")]; slot != "" {
			return slot
		}
	}
	if key, ok := wordCode[n]; ok {
		if code, ok := strings.CutPrefix(key, spec.Key+"."+f.Name+"."); ok {
			return code
		}
	}
	return ""
}
