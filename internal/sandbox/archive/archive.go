// Package archive is the sandbox's session archive (会话内容存档). The real one comes through Tencent's native library alone; this
// one answers GetChatData in the same JSON, each message's key sealed with an RSA key of the run's own. How the
// library seals the message itself is not documented: here it is AES-256-CBC, so only Reader opens it.
package archive

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"peiban/internal/channel/wecom"
)

// Message is one talk as the native library gives it when opened.
type Message struct {
	ID     string   `json:"msgid"`
	Action string   `json:"action"` // send, recall, switch
	From   string   `json:"from"`
	To     []string `json:"tolist"`
	Room   string   `json:"roomid"`
	At     int64    `json:"msgtime"` // milliseconds
	Type   string   `json:"msgtype"`
	Text   *Text    `json:"text,omitempty"`
}

// Text of a message.
type Text struct {
	Content string `json:"content"`
}

// Sealed is one line of GetChatData.
type Sealed struct {
	Seq     uint64 `json:"seq"`
	ID      string `json:"msgid"`
	Version int    `json:"publickey_ver"`
	Key     string `json:"encrypt_random_key"`
	Message string `json:"encrypt_chat_msg"`

	at time.Time
}

// kept is how long the server keeps messages.
const kept = 5 * 24 * time.Hour

// Vault keeps sealed messages.
type Vault struct {
	key    func() *rsa.PrivateKey // made when first asked for: it takes a while
	random io.Reader

	mu  sync.Mutex
	seq uint64
	all []Sealed
}

const version = 1

// NewVault makes a vault with a key of its own; random gives the keys of messages.
func NewVault(random io.Reader) *Vault {
	return &Vault{random: random, key: sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err) // only when the machine has no random numbers
		}
		return key
	})}
}

// PrivateKey is what an administrator keeps to themselves in the real world: PKCS#1, PEM.
func (v *Vault) PrivateKey() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(v.key())})
}

// Put seals and keeps a message.
func (v *Vault) Put(now time.Time, m Message) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	secret := make([]byte, 16)
	if _, err := io.ReadFull(v.random, secret); err != nil {
		return err
	}
	text := hex.EncodeToString(secret)                                                   // 32 characters, as the real keys are text
	sealedKey, err := rsa.EncryptPKCS1v15(rand.Reader, &v.key().PublicKey, []byte(text)) //nolint:staticcheck // what the real one uses
	if err != nil {
		return err
	}
	sealed, err := cbc([]byte(text), raw, true)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seq++
	v.all = append(v.all, Sealed{v.seq, m.ID, version, base64.StdEncoding.EncodeToString(sealedKey), base64.StdEncoding.EncodeToString(sealed), now})
	return nil
}

// most is how many messages one call answers.
const most = 1000

// After answers what came after seq and is kept still.
func (v *Vault) After(seq uint64, limit int, now time.Time) []Sealed {
	v.mu.Lock()
	defer v.mu.Unlock()
	if limit <= 0 || limit > most {
		limit = most
	}
	out := []Sealed{}
	for _, s := range v.all {
		if s.Seq > seq && now.Sub(s.at) < kept && len(out) < limit {
			out = append(out, s)
		}
	}
	return out
}

func cbc(key, text []byte, seal bool) ([]byte, error) {
	c, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	if seal {
		pad := aes.BlockSize - len(text)%aes.BlockSize
		out := append(text, strings.Repeat(string(rune(pad)), pad)...)
		cipher.NewCBCEncrypter(c, key[:aes.BlockSize]).CryptBlocks(out, out)
		return out, nil
	}
	if len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, errors.New("not whole blocks")
	}
	cipher.NewCBCDecrypter(c, key[:aes.BlockSize]).CryptBlocks(text, text)
	pad := int(text[len(text)-1])
	if pad < 1 || pad > aes.BlockSize {
		return nil, errors.New("bad padding")
	}
	return text[:len(text)-pad], nil
}

// Reader reads the archive of a sandbox that runs; it is a wecom.Archive.
type Reader struct {
	Base string // address of the sandbox
	Key  []byte // private key, PEM
	HTTP *http.Client
}

var _ wecom.Archive = (*Reader)(nil)

func (r *Reader) get(ctx context.Context, path string, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Base+path, nil)
	if err != nil {
		return err
	}
	client := r.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the archive answers %d", resp.StatusCode)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// Talks answers at most limit messages after seq, opened.
func (r *Reader) Talks(ctx context.Context, seq uint64, limit int) ([]wecom.Talk, error) {
	block, _ := pem.Decode(r.Key)
	if block == nil {
		return nil, errors.New("the archive's private key is no PEM")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read the archive's private key: %w", err)
	}
	var got struct {
		Data []Sealed `json:"chatdata"`
	}
	if err := r.get(ctx, "/sandbox/archive/chatdata?seq="+strconv.FormatUint(seq, 10)+"&limit="+strconv.Itoa(limit), &got); err != nil {
		return nil, fmt.Errorf("read the archive after %d: %w", seq, err)
	}
	var all []wecom.Talk
	for _, s := range got.Data {
		raw, err := open(key, s)
		if err != nil {
			return nil, fmt.Errorf("open message %d of the archive: %w", s.Seq, err)
		}
		t := wecom.Talk{Raw: raw}
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, fmt.Errorf("read message %d of the archive: %w", s.Seq, err)
		}
		t.Seq = s.Seq
		all = append(all, t)
	}
	return all, nil
}

func open(key *rsa.PrivateKey, s Sealed) ([]byte, error) {
	sealedKey, err := base64.StdEncoding.DecodeString(s.Key)
	if err != nil {
		return nil, err
	}
	secret, err := rsa.DecryptPKCS1v15(nil, key, sealedKey) //nolint:staticcheck // what the real one uses
	if err != nil {
		return nil, err
	}
	sealed, err := base64.StdEncoding.DecodeString(s.Message)
	if err != nil {
		return nil, err
	}
	return cbc(secret, sealed, false)
}

// ErrNoFile says that the sandbox archives no pictures, voices or files: its phones send text.
var ErrNoFile = errors.New("the sandbox's archive has no files")

// File answers ErrNoFile.
func (r *Reader) File(context.Context, string, int64) ([]byte, error) { return nil, ErrNoFile }
