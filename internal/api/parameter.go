package api

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"peiban/internal/fault"
)

var errParameter = fault.New(fault.Invalid, "unknown_parameter", "没有这个参数", "there is no such parameter")

// called are names parameters have elsewhere, and what they are called here.
var called = map[string]string{
	"text": "q", "query": "q", "search": "q", "keyword": "q", "name": "q", "tags": "tag", "page": "cursor", "offset": "cursor",
	"after": "cursor", "per_page": "limit", "page_size": "limit", "pageSize": "limit", "size": "limit", "count": "limit", "order": "dir",
	"direction": "dir", "sort_by": "sort", "order_by": "sort", "status": "state", "since": "from", "start": "from", "until": "to",
	"end": "to", "as_of": "at", "asOf": "at", "version": "to", "user": "actor", "person_id": "person",
}

// onlyKnown refuses a query with a name that is none of known: a filter that is not understood must not answer as if it were not
// there, for whoever asked reads everybody as those they asked for.
func onlyKnown(query url.Values, known []string) error {
	for _, name := range slices.Sorted(maps.Keys(query)) { // the same of several each time
		if !slices.Contains(known, name) {
			zh, en := instead(name, known)
			return errParameter.At("query.%s", shown(name)).Because(zh, en)
		}
	}
	return nil
}

// instead is the hint for a parameter nobody knows: the one that was meant, or those there are.
func instead(name string, known []string) (zh, en string) {
	meant := called[name]
	if !slices.Contains(known, meant) {
		meant = fault.Nearest(name, known)
	}
	switch {
	case meant != "":
		return "是不是 " + meant + "？", "did you mean " + meant + "?"
	case len(known) == 0:
		return "这个地址不带参数", "this address takes no parameters"
	}
	return "可以写的有：" + strings.Join(known, "、"), "there are: " + strings.Join(known, ", ")
}

// parametersOf are the names an operation's query may hold.
func parametersOf(op *huma.Operation) []string {
	var names []string
	for _, p := range op.Parameters {
		if p.In == "query" {
			names = append(names, p.Name)
		}
	}
	return names
}

// queryNames are the names the fields of an operation's input are read from, for handlers that read them themselves.
func queryNames(in reflect.Type) []string {
	var names []string
	for i := range in.NumField() {
		if name, _, _ := strings.Cut(in.Field(i).Tag.Get("query"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}
