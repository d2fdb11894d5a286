// Package receipt takes in what suppliers of SMS post about messages they brought, or could not.
package receipt

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"peiban/internal/channel"
	"peiban/internal/channel/sms/aliyun"
	"peiban/internal/conductor"
	"peiban/internal/outlet"
	"peiban/internal/workspace"
)

// Path is where a supplier finds us: this, with the id of the way out behind it, which nobody can guess.
const Path = "/cb/sms/"

// Store finds whose a way out is.
type Store interface {
	OutletByID(ctx context.Context, id string) (workspace.Number, outlet.Outlet, error)
}

// Receiver answers posts.
type Receiver struct {
	Store Store
	Of    func(workspace.Number) *conductor.Conductor // nil: not served here
	Log   *slog.Logger
}

// ServeHTTP takes receipts. What cannot be kept now is answered with 503, and the supplier posts it again.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	ws, o, err := r.Store.OutletByID(req.Context(), strings.TrimPrefix(req.URL.Path, Path))
	switch {
	case errors.Is(err, outlet.ErrMissing), err == nil && o.Kind != "aliyun":
		w.WriteHeader(http.StatusNotFound)
		return
	case err != nil:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	keys, reports, err := aliyun.ReadReceipts(req.Body)
	if err != nil {
		r.Log.Warn("receipts were not taken", slog.String("outlet", o.ID), slog.String("why", err.Error()))
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c := r.Of(ws)
	if c == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	for i, key := range keys {
		if err := take(req.Context(), c, key, reports[i]); err != nil {
			r.Log.Error("a receipt was not kept; it comes again", slog.String("outlet", o.ID), slog.Any("error", err))
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`{"code":0,"msg":"ok"}`))
}

// take keeps one receipt. Of a message nothing is waited for it is a repeat, or not ours.
func take(ctx context.Context, c *conductor.Conductor, key string, r channel.Report) error {
	if err := c.Report(ctx, key, r); !errors.Is(err, conductor.ErrNotOnWay) {
		return err
	}
	return nil
}
