// Package wire is what the sandbox's two servers share: how a call is read and answered, tokens, the clock, limits and the
// faults that tests switch on. It knows neither WeCom nor WeChat.
package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Answer is a body beside errcode and errmsg.
type Answer map[string]any

// Refusal is a business error: HTTP 200 with a code.
type Refusal struct {
	Code int
	Text string
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d: %s", r.Code, r.Text) }

// Refuse makes a refusal.
func Refuse(code int, format string, args ...any) error {
	return &Refusal{code, fmt.Sprintf(format, args...)}
}

// Call is one call under way.
type Call struct {
	Request *http.Request
	Query   url.Values
	Body    []byte
	Owner   string // whose token came with it; "": the API needs none
	wrong   bool   // the body was no JSON
}

// Read reads the body. As the real servers do, what is no JSON is read as far as it goes and remarked on in errmsg.
func Read[T any](c *Call) (in T) {
	if err := json.Unmarshal(c.Body, &in); err != nil && len(c.Body) > 0 {
		c.wrong = true
	}
	return in
}

// API is one address.
type API struct {
	Path string // below the base, with its first slash
	Get  bool   // a GET will do; else 43002
	Open bool   // needs no token
	Bare bool   // a success carries no errcode
	Do   func(*Call) (Answer, error)
}

// most is the largest body that is read.
const most = 32 << 20

// Board answers calls of its APIs. Calls are done one after the other under Lock; what they take to arrive and leave is not.
type Board struct {
	Clock *Clock
	Lock  sync.Locker
	Auth  func(c *Call, api API) error              // names the owner of the token and says whether it may
	Say   func(r *Refusal, from string) string      // errmsg
	After func()                                    // when a call was done, outside the lock
	Saw   func(path string, code int, at time.Time) // for whoever watches

	apis  map[string]API
	gates gates
}

// Add makes APIs known.
func (b *Board) Add(apis ...API) {
	if b.apis == nil {
		b.apis = map[string]API{}
	}
	for _, a := range apis {
		b.apis[a.Path] = a
	}
}

// Knows tells whether there is such an API.
func (b *Board) Knows(path string) bool { _, ok := b.apis[path]; return ok }

// Paths are the APIs there are, in no order.
func (b *Board) Paths() (all []string) {
	for p := range b.apis {
		all = append(all, p)
	}
	return all
}

func (b *Board) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	api, ok := b.apis[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, most))
	if err != nil {
		return
	}
	c := &Call{Request: r, Query: r.URL.Query(), Body: body}
	out, err := b.do(c, api)
	var h *hitch
	if errors.As(err, &h) {
		if h.status != 0 {
			w.WriteHeader(h.status)
			return
		}
		panic(http.ErrAbortHandler) // the connection ends without an answer
	}
	code := 0
	if out == nil {
		out = Answer{}
	}
	if refusal := (*Refusal)(nil); errors.As(err, &refusal) {
		from, _, _ := net.SplitHostPort(r.RemoteAddr)
		code = refusal.Code
		out["errcode"], out["errmsg"] = code, b.Say(refusal, from)
	} else if err != nil {
		http.Error(w, "sandbox: "+err.Error(), http.StatusInternalServerError)
		return
	} else if raw, ok := out["\x00"]; ok { // a file, not JSON
		f := raw.(File)
		w.Header().Set("Content-Type", f.Type)
		w.Header().Set("Content-Disposition", `attachment; filename="`+url.PathEscape(f.Name)+`"`)
		_, _ = w.Write(f.Data)
		return
	} else if !api.Bare {
		out["errcode"], out["errmsg"] = 0, "ok"
		if c.wrong {
			out["errmsg"] = "ok. Warning: wrong json format. "
		}
	}
	if b.Saw != nil {
		b.Saw(api.Path, code, b.Clock.Now())
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(w).Encode(out)
}

// File is an answer that is no JSON.
type File struct {
	Name, Type string
	Data       []byte
}

// Send answers with a file.
func Send(f File) Answer { return Answer{"\x00": f} }

func (b *Board) do(c *Call, api API) (Answer, error) {
	leave, err := b.gates.enter(api.Path, b.Clock.Now())
	if err != nil {
		return nil, err
	}
	defer leave()
	fault := b.gates.fault(api.Path)
	if fault != nil && fault.Wait > 0 {
		time.Sleep(fault.Wait) //nolint:forbidigo // a slow server is slow in real time
	}
	if fault != nil && fault.Status != 0 {
		return nil, &hitch{fault.Status}
	}
	if fault != nil && fault.Code != 0 {
		return nil, Refuse(fault.Code, "switched on in the sandbox")
	}
	if !api.Get && c.Request.Method != http.MethodPost {
		return nil, Refuse(43002, "require POST method")
	}
	b.Lock.Lock()
	out, err := Answer(nil), error(nil)
	if !api.Open {
		err = b.Auth(c, api)
	}
	if err == nil {
		out, err = api.Do(c)
	}
	b.Lock.Unlock()
	if b.After != nil {
		b.After()
	}
	if fault != nil && fault.Silent {
		return nil, &hitch{}
	}
	return out, err
}

// hitch is an answer that does not come, or comes from a machine before the server.
type hitch struct{ status int }

func (h *hitch) Error() string { return "no answer" }
