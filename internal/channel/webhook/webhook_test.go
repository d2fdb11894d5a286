package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"peiban/internal/channel"
)

func TestSend(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	tests := []struct {
		name    string
		status  int
		failed  bool
		refused bool
	}{
		{"taken", 204, false, false},
		{"the far side is down: again later", 503, true, false},
		{"it wants fewer: again later", 429, true, false},
		{"it will never take it", 422, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				mac := hmac.New(sha256.New, []byte("secret"))
				mac.Write([]byte("1700000000."))
				mac.Write(body)
				if got, want := r.Header.Get("Peiban-Signature"), "t=1700000000,v1="+hex.EncodeToString(mac.Sum(nil)); got != want {
					t.Errorf("signature %s, want %s", got, want)
				}
				if r.Header.Get("Idempotency-Key") != "k1" {
					t.Error("no key to notice a repeat by")
				}
				w.WriteHeader(tt.status)
			}))
			defer srv.Close()
			_, err := New(srv.URL, []byte("secret"), srv.Client(), func() time.Time { return at }).Send(t.Context(), channel.Outgoing{Key: "k1", Body: "早上好"})
			if (err != nil) != tt.failed || errors.Is(err, channel.ErrRefused) != tt.refused {
				t.Errorf("%v", err)
			}
		})
	}
}
