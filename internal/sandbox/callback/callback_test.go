package callback_test

import (
	"crypto/rand"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"peiban/internal/sandbox/callback"
)

// deaf takes what is sent and never answers.
type deaf struct{}

func (deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestAnAddressThatDoesNotAnswerIsAskedThreeTimesForFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := callback.New(&http.Client{Transport: deaf{}}, time.Now, rand.Reader)
		s.Post(callback.Event{Name: "lost"}) // there is no address yet
		if err := s.Set(callback.Target{URL: "http://deaf.test/", Token: "t", Key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", Receiver: "ww1"}); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		s.Post(callback.Event{Name: "add", Body: []byte("<xml></xml>")})
		s.Deliver(t.Context())
		tries := s.Tries()
		if took := time.Since(began); len(tries) != 3 || tries[2].Result != "no answer within five seconds" || took != 15*time.Second {
			t.Errorf("%v %+v", took, tries)
		}
		if err := s.Check(t.Context()); err == nil {
			t.Error("an address that does not answer passes the check")
		}
	})
}
