package out

import (
	"net/url"
	"regexp"
	"strings"
)

// bucketName is what S3 and those that speak as it does allow.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func (w *Where) checkStore(guard Guard) error {
	w.Endpoint, w.Region, w.Bucket, w.AccessKey = strings.TrimSpace(w.Endpoint), strings.TrimSpace(w.Region), strings.TrimSpace(w.Bucket), strings.TrimSpace(w.AccessKey)
	w.Prefix = strings.Trim(strings.TrimSpace(w.Prefix), "/")
	u, err := url.Parse(w.Endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "" || strings.Trim(u.Path, "/") != "" || len(w.Endpoint) > 200 ||
		u.Scheme != "https" && (u.Scheme != "http" || !guard.Plain(u.Hostname())) {
		return errEndpoint
	}
	if err := guard.Check(w.Endpoint); err != nil {
		return ErrPrivate.At("body.where.endpoint")
	}
	w.Endpoint = u.Scheme + "://" + u.Host
	switch {
	case !bucketName.MatchString(w.Bucket) || strings.Contains(w.Bucket, ".."):
		return errBucket
	case w.Prefix != "" && !localName(w.Prefix):
		return errPrefix
	case w.AccessKey == "" || w.SecretKey == "" || len(w.AccessKey)+len(w.SecretKey) > 500:
		return errKeys
	}
	return nil
}
