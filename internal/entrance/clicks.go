package entrance

import (
	"slices"
	"strings"
)

// Click is a parameter by which an ad platform knows a click again.
type Click struct {
	Name     string // in the address
	Platform string
}

// Clicks are the parameters that are kept; every other one of an address is dropped. Sources: the platforms' pages on conversion
// tracking, see docs/guide/channels.md.
var Clicks = []Click{
	{"gdt_vid", "tencent"}, {"qz_gdt", "tencent"}, {"clickid", "oceanengine"}, {"callback", "oceanengine"}, {"bd_vid", "baidu"},
	{"click_id", "xiaohongshu"}, {"ksad_callback", "kuaishou"}, {"track_id", "bilibili"}, {"zhihu_cb", "zhihu"}, {"mark_id", "weibo"},
	{"gclid", "google"}, {"msclkid", "bing"},
}

// longestClick is how long one value may be, in bytes.
const longestClick = 300

// KeptClicks are the parameters of an address worth keeping, in the order of Clicks, as a query: names that are known, values
// made of what such values are made of. A value that is anything else is dropped, whatever it wanted to be.
func KeptClicks(query map[string]string) (kept, platform string) {
	var out []string
	for _, c := range Clicks {
		v := query[c.Name]
		if v == "" || len(v) > longestClick || strings.IndexFunc(v, strange) >= 0 {
			continue
		}
		out = append(out, c.Name+"="+v)
		if platform == "" {
			platform = c.Platform
		}
	}
	return strings.Join(out, "&"), platform
}

func strange(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !slices.Contains([]rune("-_.~%:+/=*!|"), r)
}
