package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Decoded finds out how text is encoded: by its byte-order mark, or UTF-8 where the beginning is that, or else GB18030.
// The encoding is utf8, gb18030 or auto.
func Decoded(in io.Reader, encoding string) (*bufio.Reader, error) {
	const size = 1 << 18
	r := bufio.NewReaderSize(in, size)
	head, err := r.Peek(size)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err = r.Discard(3)
		return r, err
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return bufio.NewReaderSize(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(r), size), nil
	case encoding == "gb18030", encoding == "auto" && !utf8.Valid(whole(head, len(head) < size)):
		return bufio.NewReaderSize(simplifiedchinese.GB18030.NewDecoder().Reader(r), size), nil
	}
	return r, nil
}

// whole drops what may be half a character at the end of a beginning.
func whole(head []byte, all bool) []byte {
	if i := bytes.LastIndexByte(head, '\n'); i >= 0 && !all {
		return head[:i]
	}
	return head
}

// Name is how names of columns are compared: small letters, without units in brackets, blanks and joints.
func Name(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, b := range [...][2]string{{"(", ")"}, {"（", "）"}, {"[", "]"}} {
		if i := strings.Index(name, b[0]); i > 0 {
			if j := strings.Index(name[i:], b[1]); j > 0 {
				name = name[:i] + name[i+j+len(b[1]):]
			}
		}
	}
	for _, u := range [...]string{"mmol/l", "mg/dl"} {
		name = strings.ReplaceAll(name, u, "")
	}
	return strings.NewReplacer(" ", "", "_", "", "-", "", ".", "", "\u00a0", "", "：", "", ":", "").Replace(name)
}
