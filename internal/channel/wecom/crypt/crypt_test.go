package crypt_test

import (
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"peiban/internal/channel/wecom/crypt"
)

// The official sample: token, key and corp id of the documents, as domain tables and npm @wecom/crypto have them.
const (
	token = "QDG6eK"
	key   = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
	corp  = "wx5823bf96d3bd56c7"
)

func box(t testing.TB, token, key, corp string) *crypt.Box {
	t.Helper()
	b, err := crypt.New(token, key, corp)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheOfficialEcho(t *testing.T) {
	got, err := box(t, token, key, corp).Open("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780",
		"P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==")
	if err != nil || string(got) != "1616140317555161061" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSealedAsTheirLibraryDoes(t *testing.T) {
	b := box(t, token, key, corp)
	got, err := b.Seal([]byte("<xml><a>1</a></xml>"), strings.NewReader("0123456789abcdef"))
	if want := "sKqRbbiSUnDhFHOvPjtUMTPTmNtN3HdhYYuq+xfO4yHw7fJnQLXlKWVDmc3dCrze5pdIMoO7c/jS0XPEQGIKbg=="; err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
	if s := b.Sign("1700000000", "nonce1", got); s != "d17a69ec8186ff6cf89d83bd17cf9cf617bb1fe3" {
		t.Errorf("signed %s", s)
	}
}

func TestSignPage(t *testing.T) {
	const ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
	for _, page := range []string{"http://mp.weixin.qq.com?params=value", "http://mp.weixin.qq.com?params=value#top"} {
		if s := crypt.SignPage(ticket, "Wm3WZYTPz0wzccnW", 1414587457, page); s != "0f9de62fce790f9a083d5c99e95740ceb90c27ed" {
			t.Errorf("%s: signed %s", page, s)
		}
	}
}

// The published vectors with a whole message; the file is not part of the project.
func TestThePublishedMessage(t *testing.T) {
	dir := os.Getenv("PEIBAN_DATA")
	if dir == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	b, err := os.ReadFile(filepath.Join(dir, "wecom_crypto", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Token   string `json:"token"`
		Key     string `json:"encodingAESKey"`
		Corp    string `json:"corpid"`
		Message struct {
			Timestamp string                                                                      `json:"timestamp"`
			Nonce     string                                                                      `json:"nonce"`
			Encrypt   string                                                                      `json:"encrypt"`
			Signature string                                                                      `json:"msg_signature"`
			Fields    struct{ ToUserName, FromUserName, MsgType, Content, MsgId, AgentID string } `json:"plaintext_xml_fields"` //nolint:revive // as on the wire
		} `json:"message"`
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	m := v.Message
	got, err := box(t, v.Token, v.Key, v.Corp).Open(m.Signature, m.Timestamp, m.Nonce, m.Encrypt)
	if err != nil {
		t.Fatal(err)
	}
	told := m.Fields
	told.Content = ""
	if err := xml.Unmarshal(got, &told); err != nil || told != m.Fields {
		t.Errorf("%+v, %v", told, err)
	}
}

func TestWhatIsSealedOpens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOf(rapid.Byte()).Draw(t, "message")
		b, err := crypt.New("t", key, corp)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := b.Seal(message, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.Open(b.Sign("1", "n", sealed), "1", "n", sealed)
		if err != nil || string(got) != string(message) {
			t.Errorf("%q, %v", got, err)
		}
	})
}

func TestWhatIsNotOpened(t *testing.T) {
	b := box(t, token, key, corp)
	sealed, err := b.Seal([]byte("hello"), strings.NewReader("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := box(t, token, key, "wx0000000000000000").Seal([]byte("hello"), strings.NewReader("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := box(t, token, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", corp).Seal([]byte("hello"), strings.NewReader("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		sealed, signature string
		want              error
	}{
		"forged":            {sealed, strings.Repeat("0", 40), crypt.ErrSignature},
		"no signature":      {sealed, "", crypt.ErrSignature},
		"another company":   {other, b.Sign("1", "n", other), crypt.ErrReceiver},
		"not base64":        {"*", b.Sign("1", "n", "*"), crypt.ErrSealed},
		"nothing":           {"", b.Sign("1", "n", ""), crypt.ErrSealed},
		"half a block":      {"AAAA", b.Sign("1", "n", "AAAA"), crypt.ErrSealed},
		"one block":         {"AAAAAAAAAAAAAAAAAAAAAA==", b.Sign("1", "n", "AAAAAAAAAAAAAAAAAAAAAA=="), crypt.ErrSealed},
		"its end torn off":  {sealed[:64], b.Sign("1", "n", sealed[:64]), crypt.ErrReceiver},
		"sealed by another": {stranger, b.Sign("1", "n", stranger), crypt.ErrSealed},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := b.Open(tt.signature, "1", "n", tt.sealed); !errors.Is(err, tt.want) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	for _, bad := range []string{"", "short", strings.Repeat("*", 43)} {
		if _, err := crypt.New(token, bad, corp); !errors.Is(err, crypt.ErrKey) {
			t.Errorf("key %q: %v", bad, err)
		}
	}
}
