package out

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"path"
	"strconv"
	"strings"
	"time"

	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/workspace"
)

// Reasons why a delivery switched itself off.
const (
	MakerLeft  = "maker_left"
	MakerRight = "maker_rights"
)

// Kinds of places files are sent to.
const (
	Folder = "folder"
	Bucket = "s3"
)

// Where is a place files are sent to.
type Where struct {
	Kind   string `json:"kind"`
	Folder string `json:"folder,omitempty"` // under the root the operator allows, with strokes as in a web address

	Endpoint  string `json:"endpoint,omitempty"` // https://HOST, of a store that speaks as S3 does
	Region    string `json:"region,omitempty"`
	Bucket    string `json:"bucket,omitempty"`
	Prefix    string `json:"prefix,omitempty"` // before the names of files, with a stroke between
	AccessKey string `json:"accessKey,omitempty"`
	SecretKey string `json:"secretKey,omitempty"`
}

// Sending is what a delivery was told to do. It is sealed in the database: the keys of a store let somebody in elsewhere.
type Sending struct {
	Name      string        `json:"name"`
	List      string        `json:"list"`            // as in the address of its file
	Query     string        `json:"query,omitempty"` // its filter, as in the address
	Format    export.Format `json:"format"`
	Timetable Timetable     `json:"schedule"`
	Where     Where         `json:"where"`
	Receiver  Receiver      `json:"receiver"`
	Names     bool          `json:"names,omitempty"` // with names, as far as its maker may read them
}

// Delivery sends a list as a file, again and again. Created and Ended are microseconds of the machine's clock.
type Delivery struct {
	ID      string // ULID
	State   State
	Version int64 // grows with each change by staff
	Told    Sending
	Maker   string // member of staff whose rights decide what is in the file
	Created int64
	After   int64  // moments up to this one are dealt with, microseconds of the workspace's clock
	Why     string // it is off: MakerLeft or MakerRight
	Ended   int64
}

// RunState is where one sending stands.
type RunState string

// States of runs. Waiting and running ones are worked on; the others are over.
const (
	RunWaiting RunState = "waiting"
	RunRunning RunState = "running"
	RunDone    RunState = "done"
	RunFailed  RunState = "failed"
	RunStopped RunState = "stopped" // by somebody
	RunMissed  RunState = "missed"  // it was not through when the next was due
)

// Run is one sending of a list. Due is of the workspace's clock, the other times of the machine's; 0: not yet.
type Run struct {
	Delivery string
	ID       string // derived from workspace, delivery and Due, so that whoever works on it gives the file the same name
	Due      int64
	Asked    string // staff:<id> who said now; empty: it was due
	State    RunState
	Want     string // stop
	File     string // its name
	Tries    int
	Next     int64 // not before
	Started  int64
	Ended    int64
	Rows     int
	Of       int // rows of the list, as far as known
	Bytes    int64
	Problem  *Problem
	LeaseBy  string
	Lease    int64
}

// Problem is why a run was not through.
type Problem struct {
	Code string     `json:"code"`
	Text fault.Text `json:"text"`
	Hint fault.Text `json:"hint,omitzero"`
}

// ProblemOf tells of an error what people may know: what a far side said may repeat what it was sent.
func ProblemOf(err error) *Problem {
	if f := fault.Of(err); f != nil && f.Kind != fault.Internal {
		return &Problem{f.Code, f.Text, f.Hint}
	}
	return &Problem{"internal", text("出了点问题，会再试", "something went wrong; it is tried again"), fault.Text{}}
}

var (
	// ErrNoDelivery is what an unknown delivery gives.
	ErrNoDelivery = fault.New(fault.Missing, "delivery_not_found", "没有找到这个定时发送", "there is no such delivery")
	// ErrRunMoved means that another works on a run, or that it is over.
	ErrRunMoved = fault.New(fault.Stale, "run_changed", "这次发送刚刚变了，请刷新", "the sending changed meanwhile; load it again")
	// ErrNoRun means that there is nothing to stop.
	ErrNoRun = fault.New(fault.Clash, "run_over", "没有正在进行的发送", "nothing is being sent")
	// ErrMakerLeft and ErrMakerRight end a delivery.
	ErrMakerLeft  = fault.New(fault.Forbidden, MakerLeft, "设置它的人已停用，发送已停止", "whoever set it up is here no more; nothing is sent").Because("由还在的人打开修改并保存，就以他的权限继续", "somebody else may change and save it; it goes on with their rights")
	ErrMakerRight = fault.New(fault.Forbidden, MakerRight, "设置它的人不再有权导出这份名单，发送已停止", "whoever set it up may not take this list any more; nothing is sent").Because("由有权限的人打开修改并保存，就以他的权限继续", "somebody who may can change and save it; it goes on with their rights")

	errFormat   = fault.New(fault.Invalid, "bad_format", "请选择 CSV、Excel 或 Parquet", "choose CSV, Excel or Parquet").At("body.format")
	errWhere    = fault.New(fault.Invalid, "bad_where", "请选择送到文件夹还是对象存储", "choose a folder or a store").At("body.where.kind")
	errEndpoint = fault.New(fault.Invalid, "bad_endpoint", "存储地址要是 https://主机，不带路径和账号", "the address of the store has to be https://HOST, without a path or a login").At("body.where.endpoint")
	errBucket   = fault.New(fault.Invalid, "bad_bucket", "存储桶名称不对", "this is no name of a bucket").At("body.where.bucket").Because("3 到 63 个小写字母、数字、点或横线", "3 to 63 small letters, digits, dots or dashes")
	errPrefix   = fault.New(fault.Invalid, "bad_prefix", "前缀写成 一级/二级，不用 .. 和 \\", "write the prefix as one/two, without .. and \\").At("body.where.prefix")
	errKeys     = fault.New(fault.Invalid, "no_store_key", "要填访问密钥和密钥口令", "the access key and its secret are needed").At("body.where.secretKey").Because("换了存储地址要重新填", "a changed address needs them again")
	// ErrFolder means that the name of a folder leads out of the root.
	ErrFolder = fault.New(fault.Invalid, "bad_folder", "文件夹要写在允许的目录之内", "the folder has to lie inside of the one that is allowed").At("body.where.folder").
			Because("写相对的名称，例如 hospital/daily，不用 / 开头，不用 ..", "a relative name such as hospital/daily, without a stroke in front and without ..")
)

// Check puts what a delivery is told in order and says why it cannot be used, nil when it can. Whether its list is known and its filter
// reads is the caller's to say.
func (t *Sending) Check(guard Guard) error {
	known := false
	for _, f := range export.Formats {
		known = known || f == t.Format
	}
	if err := checkName(&t.Name); err != nil {
		return err
	}
	if !known {
		return errFormat
	}
	return cmp.Or(t.Timetable.Check(), t.Where.Check(guard), t.Receiver.Check())
}

// Check says why nothing can be sent to a place, nil when it could.
func (w *Where) Check(guard Guard) error {
	switch w.Kind {
	case Folder:
		*w = Where{Kind: Folder, Folder: strings.TrimSpace(w.Folder)}
		if !localName(w.Folder) {
			return ErrFolder
		}
		w.Folder = path.Clean(w.Folder)
		return nil
	case Bucket:
		w.Folder = ""
		return w.checkStore(guard)
	}
	return errWhere
}

// localName reports whether a name of a folder stays where it begins, on every system.
func localName(name string) bool {
	if name == "" || len(name) > 200 || strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\\:\x00\r\n") {
		return false
	}
	for _, part := range strings.Split(name, "/") {
		if part == "" || part == ".." || strings.HasPrefix(part, ".") || strings.TrimSpace(part) != part {
			return false
		}
	}
	return true
}

// Names makes the id and the file of a run: the same whoever works on it, so that a file is never sent twice under two names.
func Names(w workspace.ID, d *Delivery, due time.Time) (id, file string) {
	h := sha256.Sum256([]byte("delivery\x00" + string(w) + "\x00" + d.ID + "\x00" + strconv.FormatInt(due.UnixMicro(), 10)))
	id = strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h[:10]))
	return id, d.Told.List + "-" + due.Format("20060102-150405") + "-" + id[:8] + "." + string(d.Told.Format)
}

// MaxTries is how often a run is tried.
const MaxTries = 8

// Patience are the waits between the tries of one run; after the last it is given up.
var Patience = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour}

// Put is a place as far as people may see it: no keys.
func (w *Where) Put() string {
	if w.Kind == Folder {
		return w.Folder
	}
	return strings.TrimSuffix(w.Endpoint, "/") + "/" + path.Join(w.Bucket, w.Prefix)
}
