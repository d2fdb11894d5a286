package webhook

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"peiban/internal/channel"
	"peiban/internal/channel/channeltest"
)

func TestContract(t *testing.T) {
	channeltest.Test(t, func(t *testing.T) *channeltest.Far {
		var mu sync.Mutex
		got := map[string]bool{}
		srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			var m struct{ ID string }
			_ = json.NewDecoder(r.Body).Decode(&m)
			mu.Lock()
			defer mu.Unlock()
			got[r.Header.Get("Idempotency-Key")] = m.ID != ""
		}))
		t.Cleanup(srv.Close)
		network := &channeltest.Network{}
		return &channeltest.Far{
			Sender:  New(srv.URL+"/hook?key=hunter2", []byte("s3cr3t"), network.Client(), time.Now),
			Message: channel.Outgoing{Key: "01JTEST0000000000000000001", To: "01JPERSON", Title: "提醒", Body: "该测血糖了"},
			Calls:   network.Calls, Knows: true, Break: network.Break, Private: []string{"hunter2", "s3cr3t"},
			Reached: func(key string) int {
				mu.Lock()
				defer mu.Unlock()
				if got[key] {
					return 1
				}
				return 0
			},
		}
	})
}
