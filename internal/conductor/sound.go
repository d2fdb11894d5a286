package conductor

import (
	"strings"

	"peiban/internal/person"
)

// Sound is a name as it is read aloud, in pinyin, which is what lists are sorted by; a name without characters
// sorts as it is written.
func (d *Directory) Sound(n person.Number) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if int(n) >= len(d.words) {
		return ""
	}
	parts := strings.SplitN(d.words[n], "\x00", 3)
	if len(parts) > 1 && parts[1] != "" {
		return parts[1]
	}
	return parts[0]
}
