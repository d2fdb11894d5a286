package api

import "sync"

// latest keeps the last piece of long work of each key, such as the preview of a programme's draft, under way or done.
type latest[W interface {
	comparable
	end()
}] struct {
	mu sync.Mutex
	of map[string]W
}

// get is the work of a key; none: the zero value.
func (l *latest[W]) get(key string) W {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of[key]
}

// begin ends the work there was and puts w in its place.
func (l *latest[W]) begin(key string, w W) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var none W
	if old := l.of[key]; old != none {
		old.end()
	}
	if l.of == nil {
		l.of = map[string]W{}
	}
	l.of[key] = w
}

// cancel ends the work of a key.
func (l *latest[W]) cancel(key string) {
	var none W
	if w := l.get(key); w != none {
		w.end()
	}
}

// stop ends all of it.
func (l *latest[W]) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.of {
		w.end()
	}
}
