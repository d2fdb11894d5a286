package field

import (
	"strings"

	"peiban/internal/sheet"
)

// rowWord are names of columns that number rows and not people; they are left out when every value stands once.
var rowWord = set("id", "no", "nr", "row", "rowid", "rownumber", "index", "idx", "seq", "serial", "recordid", "recid", "recno", "rec", "key", "uuid", "guid", "uid", "unnamed:0", "unnamed0", "pk", "lineno", "line", "uniqueid",
	"序号", "编号", "行号", "记录号", "流水号", "记录编号", "主键", "唯一编号")

// headers are names of columns, in the form of sheet.Name, and what they hold.
var headers = func() map[string]Kind {
	m := map[string]Kind{}
	add := func(k Kind, names string) {
		for _, n := range strings.Fields(names) {
			m[n] = k
		}
	}
	add(Given, `givenname given firstname first fname forename forenames prenom vorname nombre gname givennames firstnames christianname 名 名字 mingzi mz middlename secondname`)
	add(Surname, `surname sname lastname last lname familyname family nachname nom apellido apellidos maidenname 姓 姓氏 xing`)
	add(FullName, `name fullname patientname personname customername clientname membername username contactname cname chinesename namezh namecn xingming xm 姓名 患者姓名 病人姓名 客户姓名 会员姓名 用户姓名 真实姓名 联系人 收货人 收件人 顾客姓名 中文名 患者 病人 称呼 客户 会员`)
	add(Sex, `sex gender xb xingbie geschlecht sexo sexe 性别 男女`)
	add(Birth, `dateofbirth dob birthdate birthday birth born bdate birthdt dateofbirthday datebirth geburtsdatum birthyear yearofbirth yob csrq shengri 出生日期 出生年月 出生年月日 生日 出生 出生时间 出生年份 出生日`)
	add(Phone, `phone phonenumber telephone tel mobile mobilephone cell cellphone mobilenumber phoneno telno mobileno contactnumber contactphone homephone workphone phonenum sj sjh sjhm shouji dianhua lxdh lxfs telefon handy 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 移动电话 本人电话 家庭电话 固定电话 座机 联系人电话 患者电话`)
	add(Identity, `socsecid ssn socialsecuritynumber socialsecurity nationalid nationalidnumber idnumber idno idcard idcardno idcardnumber idnum identitynumber identity identityno nhsnumber nhsno mrn medicalrecordnumber patientid patientno personid memberid memberno customerid insuranceno insurancenumber insuranceid medicareno medicare passport passportno taxid driverlicense licenseno hospitalno admissionno cardno sfz sfzh sfzhm zjh zjhm shenfenzheng 身份证 身份证号 身份证号码 身份证件号 身份证件号码 证件号 证件号码 医保号 医保卡号 社保号 社保卡号 社会保障号 就诊卡号 病历号 病案号 住院号 门诊号 登记号 患者编号 病人编号 患者id 会员号 会员卡号 会员编号 客户编号 护照 护照号 公民身份号码 unionid openid`)
	add(Email, `email emailaddress mail mailaddress emails youxiang 邮箱 电子邮箱 电子邮件 邮件`)
	add(Address, `address address1 address2 addressline1 addressline2 addr addr1 addr2 street streetname streetaddress homeaddress residentialaddress fulladdress adresse strasse direccion line1 line2 dz dizhi zhuzhi 地址 住址 家庭住址 家庭地址 详细地址 居住地址 现住址 现住地址 联系地址 通讯地址 收货地址 户籍地址 街道 户口地址 常住地址`)
	add(House, `house streetnumber streetno housenumber houseno housenum unitnumber flatnumber hausnummer 门牌 门牌号 房号`)
	add(Place, `suburb city town towncity cityname locality village municipality district county placename birthplace placeofbirth area neighbourhood ort stadt ciudad ville 城市 市 区 县 区县 乡镇 社区 村 小区 居委会 出生地 籍贯 所在城市 市区 地区`)
	add(Region, `state province region stateabbr statecode 省 省份 州 所在省`)
	add(Postcode, `postcode post zip zipcode postalcode postal pcode plz yb youbian 邮编 邮政编码`)
	add(Number, `age nianling nl 年龄 岁数 alter weight height 身高 体重`)
	add(Date, `date createdat created registered registrationdate visitdate admissiondate updatedat entrydate 日期 就诊日期 入院日期 登记日期 注册日期 创建时间 建档日期 录入日期`)
	return m
}()

// parts are pieces of longer names of columns, looked for when the whole name is not known; the surest first.
var parts = []struct {
	piece string
	kind  Kind
}{
	{"身份证", Identity},
	{"证件号", Identity},
	{"社保", Identity},
	{"医保", Identity},
	{"病历号", Identity},
	{"病案号", Identity},
	{"住院号", Identity},
	{"就诊卡", Identity},
	{"出生", Birth},
	{"生日", Birth},
	{"birth", Birth},
	{"dob", Birth},
	{"性别", Sex},
	{"gender", Sex},
	{"手机", Phone},
	{"电话", Phone},
	{"phone", Phone},
	{"mobile", Phone},
	{"邮编", Postcode},
	{"邮政编码", Postcode},
	{"postcode", Postcode},
	{"zipcode", Postcode},
	{"postal", Postcode},
	{"邮箱", Email},
	{"email", Email},
	{"门牌", House},
	{"housen", House},
	{"streetn", House},
	{"住址", Address},
	{"地址", Address},
	{"address", Address},
	{"street", Address},
	{"surname", Surname},
	{"lastname", Surname},
	{"familyname", Surname},
	{"givenname", Given},
	{"firstname", Given},
	{"forename", Given},
	{"姓名", FullName},
	{"fullname", FullName},
	{"suburb", Place},
	{"city", Place},
	{"城市", Place},
	{"province", Region},
	{"省", Region},
	{"年龄", Number},
	{"ssn", Identity},
	{"socsec", Identity},
	{"socialsec", Identity},
	{"nationalid", Identity},
	{"日期", Date},
	{"时间", Date},
	{"date", Date},
}

// byName is what the name of a column says; Unused: nothing.
func byName(header string) Kind {
	n := sheet.Name(header)
	if k, ok := headers[n]; ok {
		return k
	}
	bare := strings.TrimRight(strings.TrimLeft(n, "0123456789"), "0123456789")
	if k, ok := headers[bare]; ok && bare != "" {
		return k
	}
	for _, p := range parts {
		if strings.Contains(n, p.piece) {
			return p.kind
		}
	}
	return Unused
}
