package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func load(t *testing.T, file string, env, flags map[string]string) (Config, error) {
	t.Helper()
	path := ""
	if file != "" {
		path = filepath.Join(t.TempDir(), "peiban.yaml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(path, func(k string) string { return env[k] }, flags)
}

func TestLoadOrder(t *testing.T) {
	file := "# settings\nlisten: 127.0.0.1:1\ngrace: 3s\ndb: sqlite:a.db\n"
	c, err := load(t, file, map[string]string{"PEIBAN_LISTEN": ":2", "PEIBAN_DB": "sqlite:b.db"}, map[string]string{"listen": ":3", "db": ""})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":3" || c.DB != "sqlite:b.db" || c.Grace != 3*time.Second || c.LogFormat != "json" {
		t.Errorf("%+v", c)
	}
	if c.Address() != "http://localhost:3" || c.KeyFile() != "b.db.key" {
		t.Errorf("address %s, key file %s", c.Address(), c.KeyFile())
	}
}

func TestWebhook(t *testing.T) {
	c, err := load(t, "channel: webhook\nwebhook_url: https://a.example/messages?x=1\n", map[string]string{"PEIBAN_WEBHOOK_SECRET": "0123456789abcdef"}, nil)
	if err != nil || c.Channel != "webhook" || c.Webhook != "https://a.example/messages?x=1" || c.Secret != "0123456789abcdef" {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := load(t, "", map[string]string{"PEIBAN_WEBHOOK_URL": "http://127.0.0.1:9000/"}, nil); err != nil {
		t.Errorf("to this machine: %v", err)
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		name, file string
		env, flags map[string]string
		want       []string
	}{
		{"unknown key with a suggestion", "listn: :80\n", nil, nil, []string{"peiban.yaml:1:1: listn", "did you mean listen"}},
		{"bad port, with its place", "log_level: info\nlisten: nonsense\n", nil, nil, []string{"peiban.yaml:2:9: listen: should be HOST:PORT"}},
		{"port as a number", "listen: 8420\n", nil, nil, []string{"listen: should be HOST:PORT"}},
		{"two mistakes at once", "log_level: loud\ngrace: soon\n", nil, nil, []string{"log_level: should be", "grace: should be"}},
		{"variable", "", map[string]string{"PEIBAN_DB": "mysql://secret@host/x"}, nil, []string{"PEIBAN_DB: db: should be sqlite:FILE"}},
		{"flag", "", nil, map[string]string{"log_format": "xml"}, []string{"--log-format: log_format: should be json or text"}},
		{"public address with a path", "", nil, map[string]string{"public_url": "https://a.example/x"}, []string{"--public-url"}},
		{"a list", "- listen\n", nil, nil, []string{"should be lines of the form key: value"}},
		{"a map as value", "db: {a: 1}\n", nil, nil, []string{"db: should be sqlite:FILE"}},
		{"a channel that is none", "channel: pigeon\n", nil, nil, []string{"channel: should be inapp or webhook"}},
		{"a webhook to nowhere", "channel: webhook\n", nil, nil, []string{"webhook_url: is missing", "webhook_secret: is missing"}},
		{"a webhook over the open network", "channel: webhook\nwebhook_url: http://a.example/x\n", nil, nil, []string{"webhook_url: should be https://"}},
		{"a secret one can guess", "", map[string]string{"PEIBAN_WEBHOOK_SECRET": "short"}, nil, []string{"webhook_secret: should be at least 16"}},
		{"not YAML", "db: [\n", nil, nil, []string{"YAML"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.file, tt.env, tt.flags)
			var wrong Mistakes
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v", err)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q lacks %q", err, w)
				}
			}
			if strings.Contains(err.Error(), "secret@") {
				t.Error("a mistake repeats the value")
			}
		})
	}
}

func TestEmptyFile(t *testing.T) {
	for _, file := range []string{"\n", "# nothing\n", "---\n"} {
		if _, err := load(t, file, nil, nil); err != nil {
			t.Errorf("%q: %v", file, err)
		}
	}
}
