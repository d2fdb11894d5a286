package aliyun

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the interface is defined with it
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// sign is the signature of a call (help.aliyun.com/document_detail/315526.html, "RPC 签名机制"): HMAC-SHA1 with the secret and "&" over the
// method and the parameters in order, encoded twice.
func sign(method string, params map[string]string, secret string) string {
	var query strings.Builder
	for i, key := range slices.Sorted(maps.Keys(params)) {
		if i > 0 {
			query.WriteByte('&')
		}
		query.WriteString(encode(key) + "=" + encode(params[key]))
	}
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(method + "&%2F&" + encode(query.String())))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// encode is the percent-encoding of RFC 3986: a blank is %20, and ~ stays.
func encode(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
