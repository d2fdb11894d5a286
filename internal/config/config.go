// Package config is about settings: where each comes from and whether it can be used. A setting is taken from a
// flag, else from the environment, else from the file, else from its default. Everything is checked at the start,
// and every mistake is named with its place before anything is opened.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Config is what a running server has to know.
type Config struct {
	DB         string         // sqlite:FILE or postgres://...
	Key        string         // file of the master key; empty: beside the database. PEIBAN_KEY itself wins over it
	Listen     string         // host:port
	PublicURL  string         // address people reach us at, for sign-in links; empty: http:// and Listen
	Programmes string         // folder with programmes; empty: those in the binary
	Reports    string         // folder of people's files, sealed; empty: beside the database, for PostgreSQL none are taken
	Snapshots  string         // folder of timeline snapshots; empty: beside the database, for PostgreSQL the system's cache folder
	LogLevel   slog.Level     // debug, info, warn, error
	LogFormat  string         // json, text
	Grace      time.Duration  // how long requests in hand may take when stopping
	Channel    string         // how messages leave: inapp, webhook
	Webhook    string         // address messages are posted to
	Secret     string         // signs what is posted there
	OutPrivate []netip.Prefix // private networks that webhooks may be sent to; none: the open internet only
	Deliver    string         // folder that lists may be put under at fixed times; empty: into no folder
	Browsers   time.Duration  // how long it is kept by which browser an entry code was opened
	Demo       bool           // offer the start page and the clock without a sign-in, in rehearsal workspaces
}

// Default is what holds where nothing is said.
func Default() Config {
	return Config{
		DB: "sqlite:peiban.db", Listen: "127.0.0.1:8420", LogLevel: slog.LevelInfo, LogFormat: "json", Grace: 15 * time.Second,
		Channel: "inapp", Browsers: 180 * 24 * time.Hour,
	}
}

// setting is one line of a file, one variable or one flag.
type setting struct {
	key  string // in the file and, with dashes, as a flag
	env  string
	what string // what a right value looks like
	set  func(*Config, string) error
}

var errWrong = errors.New("")

var settings = []setting{
	{"db", "PEIBAN_DB", "sqlite:FILE or postgres://USER@HOST/NAME", func(c *Config, v string) error {
		c.DB = v
		return checkDB(v)
	}},
	{"key_file", "PEIBAN_KEY_FILE", "a file with the master key", func(c *Config, v string) error {
		c.Key = v
		return nil
	}},
	{"listen", "PEIBAN_LISTEN", "HOST:PORT, such as 127.0.0.1:8420 or :8420", func(c *Config, v string) error {
		c.Listen = v
		_, port, err := net.SplitHostPort(v)
		if n, e := strconv.Atoi(port); err != nil || e != nil || n < 0 || n > 65535 {
			return errWrong
		}
		return nil
	}},
	{"public_url", "PEIBAN_PUBLIC_URL", "https://NAME without a path", func(c *Config, v string) error {
		u, err := url.Parse(v)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
			return errWrong
		}
		c.PublicURL = u.Scheme + "://" + u.Host
		return nil
	}},
	{"programmes", "PEIBAN_PROGRAMMES", "a folder that holds programme folders", func(c *Config, v string) error {
		c.Programmes = v
		if info, err := os.Stat(v); err != nil || !info.IsDir() {
			return errWrong
		}
		return nil
	}},
	{"snapshots", "PEIBAN_SNAPSHOTS", "a folder that can be written", func(c *Config, v string) error {
		c.Snapshots = v
		if info, err := os.Stat(v); err != nil || !info.IsDir() {
			return errWrong
		}
		return nil
	}},
	{"reports", "PEIBAN_REPORTS", "a folder that can be written, the same for every server", func(c *Config, v string) error {
		c.Reports = v
		if info, err := os.Stat(v); err != nil || !info.IsDir() {
			return errWrong
		}
		return nil
	}},
	{"log_level", "PEIBAN_LOG_LEVEL", "debug, info, warn or error", func(c *Config, v string) error {
		return c.LogLevel.UnmarshalText([]byte(v))
	}},
	{"log_format", "PEIBAN_LOG_FORMAT", "json or text", func(c *Config, v string) error {
		c.LogFormat = v
		return oneOf(v, "json", "text")
	}},
	{"grace", "PEIBAN_GRACE", "a time such as 15s, at most 10m", func(c *Config, v string) (err error) {
		if c.Grace, err = time.ParseDuration(v); err == nil && (c.Grace < 0 || c.Grace > 10*time.Minute) {
			err = errWrong
		}
		return err
	}},
	{"channel", "PEIBAN_CHANNEL", "inapp or webhook", func(c *Config, v string) error {
		c.Channel = v
		return oneOf(v, "inapp", "webhook")
	}},
	{"webhook_url", "PEIBAN_WEBHOOK_URL", "https://..., or http:// to this machine", func(c *Config, v string) error {
		c.Webhook = v
		u, err := url.Parse(v)
		if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !here(u.Hostname())) {
			return errWrong
		}
		return nil
	}},
	{"webhook_secret", "PEIBAN_WEBHOOK_SECRET", "at least 16 characters", func(c *Config, v string) error {
		if c.Secret = v; len(v) < 16 {
			return errWrong
		}
		return nil
	}},
	{"out_private", "PEIBAN_OUT_PRIVATE", "networks such as 10.1.0.0/16, separated by commas", func(c *Config, v string) error {
		c.OutPrivate = nil
		for _, part := range strings.Split(v, ",") {
			p, err := netip.ParsePrefix(strings.TrimSpace(part))
			if err != nil {
				return errWrong
			}
			c.OutPrivate = append(c.OutPrivate, p.Masked())
		}
		return nil
	}},
	{"deliver_root", "PEIBAN_DELIVER_ROOT", "a folder that can be written, under which lists are put", func(c *Config, v string) error {
		c.Deliver = v
		if info, err := os.Stat(v); err != nil || !info.IsDir() {
			return errWrong
		}
		return nil
	}},
	{"browser_days", "PEIBAN_BROWSER_DAYS", "a whole number of days from 1 to 3650", func(c *Config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 3650 {
			return errWrong
		}
		c.Browsers = time.Duration(n) * 24 * time.Hour
		return nil
	}},
	{"demo", "PEIBAN_DEMO", "true or false", func(c *Config, v string) (err error) {
		if err = oneOf(v, "true", "false"); err == nil {
			c.Demo = v == "true"
		}
		return err
	}},
}

func oneOf(v string, words ...string) error {
	if !slices.Contains(words, v) {
		return errWrong
	}
	return nil
}

// here reports whether a host is this machine: messages go over a network only encrypted.
func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func checkDB(v string) error {
	if file, ok := strings.CutPrefix(v, "sqlite:"); ok && file != "" {
		return nil
	}
	if u, err := url.Parse(v); err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && u.Host+u.RawQuery != "" {
		return nil
	}
	return errWrong
}

// Mistake is one setting that cannot be used, and where it stands. It never repeats the value: an address may
// hold a password.
type Mistake struct {
	Where string // file:line:column, the variable or the flag
	Key   string
	Text  string
}

func (m Mistake) Error() string { return m.Where + ": " + m.Key + ": " + m.Text }

// Mistakes are all of them at once, so that mending takes one round.
type Mistakes []Mistake

func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.Error()
	}
	return strings.Join(lines, "\n")
}

// Load reads file (when named), then the environment, then flags (keys as in the file; an empty value is not set).
// The error is Mistakes, or says that the file cannot be read.
func Load(file string, getenv func(string) string, flags map[string]string) (Config, error) {
	c := Default()
	var wrong Mistakes
	apply := func(where string, s setting, v string) {
		if err := s.set(&c, v); err != nil {
			wrong = append(wrong, Mistake{where, s.key, "should be " + s.what})
		}
	}
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return c, fmt.Errorf("read settings: %w", err)
		}
		wrong = append(wrong, readFile(file, text, apply)...)
	}
	for _, s := range settings {
		if v := getenv(s.env); v != "" {
			apply(s.env, s, v)
		}
		if v := flags[s.key]; v != "" {
			apply("--"+strings.ReplaceAll(s.key, "_", "-"), s, v)
		}
	}
	if c.Channel == "webhook" && len(wrong) == 0 {
		if c.Webhook == "" {
			wrong = append(wrong, Mistake{"channel webhook", "webhook_url", "is missing"})
		}
		if c.Secret == "" {
			wrong = append(wrong, Mistake{"channel webhook", "webhook_secret", "is missing"})
		}
	}
	if len(wrong) > 0 {
		return c, wrong
	}
	return c, nil
}

// readFile walks the one mapping a settings file is.
func readFile(file string, text []byte, apply func(string, setting, string)) (wrong Mistakes) {
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		return Mistakes{{file, "YAML", strings.SplitN(err.Error(), "\n", 2)[0]}}
	}
	for _, doc := range parsed.Docs {
		if doc.Body == nil {
			continue
		}
		var values []*ast.MappingValueNode
		switch body := doc.Body.(type) {
		case *ast.MappingNode:
			values = body.Values
		case *ast.MappingValueNode:
			values = []*ast.MappingValueNode{body}
		case *ast.CommentGroupNode:
		default:
			wrong = append(wrong, Mistake{at(file, body), "settings", "should be lines of the form key: value"})
		}
		for _, v := range values {
			if m, ok := readValue(file, v, apply); !ok {
				wrong = append(wrong, m)
			}
		}
	}
	return wrong
}

func readValue(file string, v *ast.MappingValueNode, apply func(string, setting, string)) (Mistake, bool) {
	key := v.Key.GetToken().Value
	i := slices.IndexFunc(settings, func(s setting) bool { return s.key == key })
	if i < 0 {
		text := "there is no such setting"
		if near := nearest(key); near != "" {
			text += "; did you mean " + near + "?"
		}
		return Mistake{at(file, v.Key), key, text}, false
	}
	scalar, ok := v.Value.(ast.ScalarNode)
	if !ok {
		return Mistake{at(file, v.Value), key, "should be " + settings[i].what}, false
	}
	apply(at(file, v.Value), settings[i], fmt.Sprint(scalar.GetValue()))
	return Mistake{}, true
}

func at(file string, n ast.Node) string {
	p := n.GetToken().Position
	return fmt.Sprintf("%s:%d:%d", file, p.Line, p.Column)
}

// nearest is the setting that shares most of its letters, in order, with key.
func nearest(key string) string {
	best, most := "", len(key)/2
	for _, s := range settings {
		if n := common(s.key, key); n > most {
			best, most = s.key, n
		}
	}
	return best
}

// common is the length of the longest common subsequence of two short words.
func common(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range len(a) {
		before := 0
		for j := range len(b) {
			old := row[j+1]
			if a[i] == b[j] {
				row[j+1] = before + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			before = old
		}
	}
	return row[len(b)]
}

// Keys lists what can be set, for help and documents: key, variable, what it looks like.
func Keys() [][3]string {
	out := make([][3]string, len(settings))
	for i, s := range settings {
		out[i] = [3]string{s.key, s.env, s.what}
	}
	return out
}

// SQLiteFile is the file of a SQLite address; ok is false for PostgreSQL.
func (c Config) SQLiteFile() (string, bool) { return strings.CutPrefix(c.DB, "sqlite:") }

// KeyFile is where the master key is looked for when PEIBAN_KEY does not hold it.
func (c Config) KeyFile() string {
	if c.Key != "" {
		return c.Key
	}
	if file, ok := c.SQLiteFile(); ok {
		return file + ".key"
	}
	return "peiban.key"
}

// Address is what sign-in links begin with.
func (c Config) Address() string {
	if c.PublicURL != "" {
		return c.PublicURL
	}
	host, port, _ := net.SplitHostPort(c.Listen)
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
