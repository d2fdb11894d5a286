package receipt_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"peiban/internal/conductor"
	"peiban/internal/ingest/receipt"
	"peiban/internal/outlet"
	"peiban/internal/workspace"
)

type outlets struct{ err error }

func (o outlets) OutletByID(_ context.Context, id string) (workspace.Number, outlet.Outlet, error) {
	switch {
	case o.err != nil:
		return 0, outlet.Outlet{}, o.err
	case id == "sms":
		return 1, outlet.Outlet{ID: id, Kind: "aliyun"}, nil
	case id == "mail":
		return 1, outlet.Outlet{ID: id, Kind: "email"}, nil
	}
	return 0, outlet.Outlet{}, outlet.ErrMissing
}

func TestWhatIsNoReceiptIsRefused(t *testing.T) {
	none := func(workspace.Number) *conductor.Conductor { return nil }
	for _, tt := range []struct {
		name, method, id, body string
		err                    error
		want                   int
	}{
		{"a reader of pages", http.MethodGet, "sms", "", nil, http.StatusMethodNotAllowed},
		{"a way out nobody connected", http.MethodPost, "another", "[]", nil, http.StatusNotFound},
		{"one that gets no receipts", http.MethodPost, "mail", "[]", nil, http.StatusNotFound},
		{"no list", http.MethodPost, "sms", `{"a":1}`, nil, http.StatusBadRequest},
		{"a workspace another server runs", http.MethodPost, "sms", `[{"out_id":"k","success":true}]`, nil, http.StatusServiceUnavailable},
		{"the database is away", http.MethodPost, "sms", `[]`, errors.New("away"), http.StatusServiceUnavailable},
	} {
		r := &receipt.Receiver{Store: outlets{tt.err}, Of: none, Log: slog.New(slog.DiscardHandler)}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(tt.method, receipt.Path+tt.id, strings.NewReader(tt.body)))
		if w.Code != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, w.Code, tt.want)
		}
	}
}
