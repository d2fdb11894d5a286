package deliver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/store/storetest"
)

func code(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestAFolderStaysUnderItsRoot(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	for from, to := range map[string]string{filepath.Join(root, "link"): outside, filepath.Join(root, "up"): "..", filepath.Join(root, "gone"): filepath.Join(outside, "nowhere"), filepath.Join(root, "within"): "real"} {
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(filepath.Join(root, "real"), 0o750), os.WriteFile(filepath.Join(root, "file"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	p := &Places{Root: root}
	for name, want := range map[string]string{
		"a": "", "a/b/c": "", "within/x": "", "名单/每日": "",
		"": "bad_folder", ".": "bad_folder", "..": "bad_folder", "../x": "bad_folder", "a/../../x": "bad_folder", "a/../b": "bad_folder", "/etc": "bad_folder", "a//b": "bad_folder",
		`a\b`: "bad_folder", "c:/x": "bad_folder", ".ssh": "bad_folder", "a\x00b": "bad_folder", outside: "bad_folder",
		"link": "bad_folder", "link/x": "bad_folder", "up": "bad_folder", "up/x": "bad_folder", "gone": "bad_folder", "within/../link": "bad_folder",
		"file": "not_a_folder", "file/x": "not_a_folder",
	} {
		if err := p.Test(t.Context(), &out.Where{Kind: out.Folder, Folder: name}); code(err) != want {
			t.Errorf("%q: %v, want %q", name, err, want)
		}
	}
	if found, err := os.ReadDir(outside); err != nil || len(found) != 0 {
		t.Errorf("outside: %v %v", found, err)
	}
	if found, err := os.ReadDir(filepath.Join(root, "a")); err != nil || len(found) != 1 {
		t.Errorf("a test leaves %v %v", found, err)
	}
	if err := (&Places{}).Test(t.Context(), &out.Where{Kind: out.Folder, Folder: "a"}); code(err) != "no_folder_root" {
		t.Errorf("without a root: %v", err)
	}
}

func TestWhatAFolderSaysInWords(t *testing.T) {
	f := &folder{t.TempDir(), "a"}
	for err, want := range map[error]string{
		syscall.ENOSPC: "disk_full", &os.PathError{Op: "write", Path: "/srv/secret", Err: syscall.EDQUOT}: "disk_full", syscall.EACCES: "folder_denied", syscall.EROFS: "folder_denied", syscall.EIO: "folder_broken",
	} {
		got := f.why(err)
		if code(got) != want || strings.Contains(got.Error(), "secret") {
			t.Errorf("%v: %v", err, got)
		}
	}
}

func TestAFolderThatMayNotBeWrittenIsSaid(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("whoever is root may write anywhere: only the words are checked, above")
	}
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "closed"), 0o500); err != nil { //nolint:gosec // a folder has to be entered
		t.Fatal(err)
	}
	err := (&Places{Root: root}).Test(t.Context(), &out.Where{Kind: out.Folder, Folder: "closed"})
	if want := map[bool]string{true: "", false: "folder_denied"}[os.Getuid() == 0]; code(err) != want {
		t.Errorf("%v, want %q", err, want)
	}
}

func TestAFileAppearsWholeAndWhatAKilledWorkerLeftGoes(t *testing.T) {
	p := &Places{Root: t.TempDir()}
	place, err := p.folder("a")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(p.Root, "a")
	if err := errors.Join(os.Mkdir(dir, 0o750), os.WriteFile(filepath.Join(dir, ".x.csv.0123.part"), []byte("half"), 0o600), os.WriteFile(filepath.Join(dir, ".y.csv.0123.part"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"one", "two"} {
		if err := place.Put(t.Context(), "x.csv", strings.NewReader(content), int64(len(content)), ""); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(filepath.Join(dir, "x.csv")); err != nil || string(b) != content {
			t.Errorf("%q %v", b, err)
		}
	}
	found, err := os.ReadDir(dir)
	if err != nil || len(found) != 2 || found[0].Name() != ".y.csv.0123.part" {
		t.Errorf("%v %v", found, err)
	}
}

// s3 is a store in memory that knows one access key, and fails so many times first.
type s3 struct {
	*httptest.Server
	fake  *s3mem.Backend
	fails atomic.Int32
	puts  atomic.Int32
	deny  atomic.Bool // puts are refused
}

func newS3(t *testing.T) *s3 {
	t.Helper()
	s := &s3{fake: s3mem.New()}
	if err := s.fake.CreateBucket("lists"); err != nil {
		t.Fatal(err)
	}
	inner := gofakes3.New(s.fake, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	refuse := func(w http.ResponseWriter, status int, code string) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `<?xml version="1.0"?><Error><Code>`+code+`</Code><Message>the key OURKEY and s3cret are wrong</Message></Error>`)
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.fails.Add(-1) >= 0:
			refuse(w, http.StatusServiceUnavailable, "SlowDown")
		case !strings.Contains(r.Header.Get("Authorization"), "Credential=OURKEY/"):
			refuse(w, http.StatusForbidden, "InvalidAccessKeyId")
		case r.Method == http.MethodPut && s.deny.Load():
			refuse(w, http.StatusForbidden, "AccessDenied")
		default:
			if r.Method == http.MethodPut {
				s.puts.Add(1)
			}
			inner.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *s3) where() out.Where {
	return out.Where{Kind: out.Bucket, Endpoint: s.URL, Region: "us-east-1", Bucket: "lists", Prefix: "hospital/daily", AccessKey: "OURKEY", SecretKey: "s3cret"}
}

func (s *s3) keys(t *testing.T) (all []string) {
	t.Helper()
	list, err := s.fake.ListBucket("lists", &gofakes3.Prefix{}, gofakes3.ListBucketPage{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list.Contents {
		all = append(all, c.Key)
	}
	return all
}

func TestAStoreTakesAFileInOnePut(t *testing.T) {
	s := newS3(t)
	p := &Places{Guard: loopback}
	w := s.where()
	if err := p.Test(t.Context(), &w); err != nil {
		t.Fatal(err)
	}
	if got := s.keys(t); len(got) != 0 {
		t.Errorf("a test leaves %v", got)
	}
	place, err := p.Open(&w)
	if err != nil {
		t.Fatal(err)
	}
	s.puts.Store(0)
	large := bytes.Repeat([]byte("0123456789abcdef"), 2<<20) // 32 MB: more than the client puts in parts by itself
	for range 2 {
		if err := place.Put(t.Context(), "people-1.csv", bytes.NewReader(large), int64(len(large)), "text/csv"); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.keys(t); s.puts.Load() != 2 || len(got) != 1 || got[0] != "hospital/daily/people-1.csv" {
		t.Errorf("%d requests, %v", s.puts.Load(), got)
	}
	object, err := s.fake.GetObject("lists", "hospital/daily/people-1.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer object.Contents.Close()
	if b, err := io.ReadAll(object.Contents); err != nil || !bytes.Equal(b, large) {
		t.Errorf("%d bytes of %d: %v", len(b), len(large), err)
	}
}

func TestWhatAStoreSaysInWords(t *testing.T) {
	s := newS3(t)
	p := &Places{Guard: loopback}
	for name, c := range map[string]struct {
		change func(*out.Where)
		want   string
	}{
		"a wrong key":       {change: func(w *out.Where) { w.AccessKey = "OTHER" }, want: "store_key"},
		"a missing bucket":  {change: func(w *out.Where) { w.Bucket = "no-such" }, want: "no_bucket"},
		"nobody there":      {change: func(w *out.Where) { w.Endpoint = "http://127.0.0.1:1" }, want: "store_unreached"},
		"a private network": {change: func(w *out.Where) { w.Endpoint = "https://10.1.2.3" }, want: "private_address"},
		"without a lock":    {change: func(w *out.Where) { w.Endpoint = "http://example.com" }, want: "bad_endpoint"},
		"with a path":       {change: func(w *out.Where) { w.Endpoint = "https://example.com/lists" }, want: "bad_endpoint"},
		"with a login":      {change: func(w *out.Where) { w.Endpoint = "https://a:b@example.com" }, want: "bad_endpoint"},
		"a bucket upwards":  {change: func(w *out.Where) { w.Bucket = "../x" }, want: "bad_bucket"},
		"a prefix upwards":  {change: func(w *out.Where) { w.Prefix = "a/../../b" }, want: "bad_prefix"},
		"no key":            {change: func(w *out.Where) { w.SecretKey = "" }, want: "no_store_key"},
	} {
		t.Run(name, func(t *testing.T) {
			w := s.where()
			c.change(&w)
			err := p.Test(t.Context(), &w)
			if code(err) != c.want || err != nil && (strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "OURKEY")) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	w := s.where()
	s.deny.Store(true)
	if err := p.Test(t.Context(), &w); code(err) != "store_denied" {
		t.Errorf("not allowed to put: %v", err)
	}
	s.deny.Store(false)
	s.fails.Store(1)
	if err := p.Test(t.Context(), &w); code(err) != "store_busy" {
		t.Errorf("out of order: %v", err)
	}
}

// What a name leads to is known only when it is connected to.
func TestANameThatLeadsIntoOurNetworkIsNotConnectedTo(t *testing.T) {
	s := newS3(t)
	w := s.where()
	place, err := (&Places{Guard: loopback}).store(&w)
	if err != nil {
		t.Fatal(err)
	}
	if err := place.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Endpoint = "https://" + strings.TrimPrefix(s.URL, "http://") // allowed by its name, as a public one is, and by no network
	if place, err = (&Places{Guard: out.Guard{}}).open(&w); err != nil {
		t.Fatal(err)
	}
	if err := place.Put(t.Context(), "x", strings.NewReader("x"), 1, "text/plain"); code(err) != "private_address" {
		t.Errorf("%v", err)
	}
}

func TestAStoreThatFailsTwiceGetsTheFileAtTheThirdTry(t *testing.T) {
	s := newS3(t)
	g := newRig(t, storetest.SQLite(t))
	g.delivery(s.where())
	g.pass(time.Hour)
	s.fails.Store(2)
	var log bytes.Buffer
	r := g.runner()
	r.Log = slog.New(slog.NewTextHandler(&log, nil))
	for try, wait := range []time.Duration{0, time.Minute, 5 * time.Minute} {
		if wait > 0 {
			g.pass(wait - time.Second)
			g.must(r.Once(context.Background()))
			if runs := g.runs(); runs[0].Tries != try {
				t.Errorf("tried before its time: %+v", runs)
			}
			g.pass(time.Second)
		}
		g.must(r.Once(context.Background()))
		run := g.runs()[0]
		if try < 2 && (run.State != out.RunWaiting || run.Problem.Code != "store_busy" || run.Next == 0) || run.Tries != try+1 {
			t.Errorf("try %d: %+v", try+1, run)
		}
	}
	run := g.runs()[0]
	if keys := s.keys(t); run.State != out.RunDone || run.Problem != nil || len(keys) != 1 || keys[0] != "hospital/daily/"+run.File || g.lists.asked.Load() != 1 {
		t.Errorf("%+v %v, read %d times", run, keys, g.lists.asked.Load())
	}
	if strings.Contains(log.String(), "s3cret") || strings.Contains(log.String(), "OURKEY") {
		t.Error(log.String())
	}
}

func TestARunIsGivenUpInTheEnd(t *testing.T) {
	s := newS3(t)
	g := newRig(t, storetest.SQLite(t))
	w := s.where()
	w.Bucket = "no-such"
	g.delivery(w)
	g.pass(time.Hour)
	for range out.MaxTries {
		g.must(g.runner().Once(t.Context()))
		if next := g.runs()[0].Next; next > 0 {
			g.clock.Store(next)
		}
	}
	run := g.runs()[len(g.runs())-1]
	if run.State != out.RunFailed || run.Problem.Code != "no_bucket" || run.Tries != out.MaxTries || g.lists.asked.Load() != 0 {
		t.Errorf("%+v, read %d times", run, g.lists.asked.Load())
	}
}
