package simulate

import (
	"crypto/sha256"
	"encoding/binary"
	"sort"

	"peiban/internal/entrance"
)

// Code is an entry code of the story: where it hangs and what it cost.
type Code struct {
	Key, Channel, Kind, Name string
	Province, City, Place    string
	Owner                    string // login
	FenPerMonth              int64  // 0: nobody wrote down what it cost
	Ended                    bool   // its campaign is over; the picture is still about
	Words                    string
}

// State is what is printed.
func (c *Code) State() string { return stateOf(c.Key) }

func stateOf(key string) string {
	h := sha256.Sum256([]byte("a story's code is no secret " + key))
	return entrance.StateOf([10]byte(h[:10]))
}

// Codes are the entry codes people of the story come by. A friend's is the invitation of whoever brought them.
var Codes = []Code{
	{Key: "hospital-a", Channel: "市一院", Kind: "hospital", Name: "市一院内分泌科门诊", Province: "浙江", City: "杭州", Place: "门诊三楼 导诊台", Owner: "liu", FenPerMonth: 30_000, Words: "市一院内分泌科请您加入"},
	{Key: "hospital-b", Channel: "市一院", Kind: "hospital", Name: "市一院住院部", Province: "浙江", City: "杭州", Place: "住院部 6 病区", Owner: "liu", FenPerMonth: 20_000},
	{Key: "hospital-c", Channel: "县医院", Kind: "hospital", Name: "县医院体检中心", Province: "浙江", City: "绍兴", Place: "体检中心 前台", Owner: "chen", FenPerMonth: 18_000},
	{Key: "hospital-d", Channel: "县医院", Kind: "hospital", Name: "县医院慢病门诊", Province: "浙江", City: "绍兴", Place: "慢病门诊 2 诊室", Owner: "chen"},
	{Key: "pharmacy-a", Channel: "康民大药房", Kind: "pharmacy", Name: "康民大药房 城东店", Province: "浙江", City: "杭州", Place: "城东路 18 号", Owner: "liu", FenPerMonth: 45_000, Words: "康民大药房请您加入"},
	{Key: "pharmacy-b", Channel: "康民大药房", Kind: "pharmacy", Name: "康民大药房 河坊店", Province: "浙江", City: "杭州", Place: "河坊街 201 号", Owner: "liu", FenPerMonth: 45_000},
	{Key: "pharmacy-c", Channel: "康民大药房", Kind: "pharmacy", Name: "康民大药房 越城店", Province: "浙江", City: "绍兴", Place: "越城区 解放路 77 号", Owner: "chen", FenPerMonth: 38_000},
	{Key: "pharmacy-d", Channel: "益民药房", Kind: "pharmacy", Name: "益民药房 南门店", Province: "江苏", City: "苏州", Place: "南门路 5 号", Owner: "chen"},
	{Key: "douyin-a", Channel: "抖音", Kind: "media", Name: "抖音 控糖早餐", Owner: "chen", FenPerMonth: 260_000},
	{Key: "douyin-b", Channel: "抖音", Kind: "media", Name: "抖音 直播间", Owner: "chen", FenPerMonth: 410_000},
	{Key: "douyin-c", Channel: "抖音", Kind: "campaign", Name: "抖音 春季投放", FenPerMonth: 520_000, Ended: true},
	{Key: "douyin-d", Channel: "抖音", Kind: "media", Name: "抖音 达人合作", FenPerMonth: 150_000},
	{Key: "xiaohongshu-a", Channel: "小红书", Kind: "media", Name: "小红书 妊娠控糖", FenPerMonth: 120_000},
	{Key: "xiaohongshu-b", Channel: "小红书", Kind: "media", Name: "小红书 食谱", FenPerMonth: 90_000},
	{Key: "xiaohongshu-c", Channel: "小红书", Kind: "media", Name: "小红书 笔记评论", FenPerMonth: 0},
	{Key: "xiaohongshu-d", Channel: "小红书", Kind: "media", Name: "小红书 私信", FenPerMonth: 0},
	{Key: "shop-a", Channel: "官方网店", Kind: "shop", Name: "网店 包裹卡", FenPerMonth: 60_000},
	{Key: "shop-b", Channel: "官方网店", Kind: "shop", Name: "网店 订单短信", FenPerMonth: 35_000},
	{Key: "shop-c", Channel: "官方网店", Kind: "shop", Name: "网店 客服", FenPerMonth: 0},
	{Key: "shop-d", Channel: "官方网店", Kind: "shop", Name: "网店 试纸盒内", FenPerMonth: 20_000},
	{Key: "event-a", Channel: "社区", Kind: "event", Name: "社区义诊 十一月场", Province: "浙江", City: "杭州", Place: "翠苑社区 文化站", Owner: "liu", FenPerMonth: 80_000},
}

// cameBy is what the code a person came by is called in the story, and what is printed on it.
func (p *Person) cameBy() string {
	if p.Friend != nil {
		return InvitationOf(p.Friend)
	}
	return stateOf(p.CodeKey())
}

// CodeKey names the code of the story a person came by.
func (p *Person) CodeKey() string { return p.Channel + "-" + string(rune('a'+p.N%4)) }

// InvitationOf is what is printed on a person's invitation.
func InvitationOf(p *Person) string { return stateOf("invitation of " + p.UserID) }

// befriend says who brought whoever came by a friend: one of the first who were there before them.
func befriend(all []*Person) {
	var there []*Person
	for _, p := range all {
		if !p.Joins.IsZero() && p.Channel != "family" {
			there = append(there, p)
		}
	}
	sort.SliceStable(there, func(i, j int) bool { return there[i].Joins.Before(there[j].Joins) })
	for i, p := range there {
		if p.Channel == "friend" && i > 0 {
			h := sha256.Sum256([]byte(p.UserID))
			p.Friend = there[int(binary.LittleEndian.Uint32(h[:4])%uint32(min(i, 6)))]
		}
	}
}
