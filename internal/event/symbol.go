package event

import (
	"strings"
	"sync"
)

// Symbol is a short string such as "fasting" as a number, the same for the life of the process only.
// What is stored is always the string. Zero is "no value".
type Symbol uint32

var symbols = struct {
	sync.RWMutex
	of    map[string]Symbol
	names []string
}{of: map[string]Symbol{"": 0}, names: []string{""}}

// Intern gives s its symbol.
func Intern(s string) Symbol {
	symbols.RLock()
	y, ok := symbols.of[s]
	symbols.RUnlock()
	if ok {
		return y
	}
	symbols.Lock()
	defer symbols.Unlock()
	if y, ok = symbols.of[s]; ok {
		return y
	}
	s = strings.Clone(s) // it may be a word of a whole document, which would be kept with it
	y = Symbol(len(symbols.names))
	symbols.of[s] = y
	symbols.names = append(symbols.names, s)
	return y
}

func (y Symbol) String() string {
	symbols.RLock()
	defer symbols.RUnlock()
	if int(y) < len(symbols.names) {
		return symbols.names[y]
	}
	return ""
}

// Symbols lists every string that has a symbol, by symbol: what a snapshot needs to be read by another process.
func Symbols() []string {
	symbols.RLock()
	defer symbols.RUnlock()
	return append([]string(nil), symbols.names...)
}
