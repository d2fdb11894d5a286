package channel

import "strings"

// Text is a message as plain text: its title, when it says something that the body does not begin with, and its body. ok is false when it
// is longer than most bytes: words about health are not cut off.
func (m *Outgoing) Text(most int) (text string, ok bool) {
	text = strings.TrimSpace(m.Body)
	if title := strings.TrimSpace(m.Title); title != "" && !strings.HasPrefix(text, title) {
		text = strings.TrimSpace(title + "\n" + text)
	}
	return text, text != "" && len(text) <= most
}

// Fill puts a message's title and body in the place of {title} and {body}.
func (m *Outgoing) Fill(pattern string) string {
	return strings.NewReplacer("{title}", strings.TrimSpace(m.Title), "{body}", strings.TrimSpace(m.Body)).Replace(pattern)
}
