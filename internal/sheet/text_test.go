package sheet

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func textRows(t *testing.T, text string) (*Book, []Row) {
	t.Helper()
	b, err := Read(strings.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var rows []Row
	if err := b.Each(0, func(r Row) error { rows = append(rows, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return b, rows
}

func TestAnOpenQuoteCostsItsOwnLineOnly(t *testing.T) {
	text := "a,b\n1,\"two\n3,4\n\"5\",\"line\nbreak\"\n"
	text = strings.Replace(text, "3,4\n", strings.Repeat("3,4\n", 2*maxRowLines), 1)
	_, rows := textRows(t, text)
	// The quote of line 2 would be closed by that of line 203: only within the limits of a row is it.
	if len(rows) != 2+2*maxRowLines+1 {
		t.Fatalf("%d rows", len(rows))
	}
	if rows[1].Bad != ErrQuote || rows[1].Line != 2 || rows[2].Bad != nil || rows[2].Line != 3 {
		t.Errorf("rows 2 and 3: %+v %+v", rows[1], rows[2])
	}
	last := rows[len(rows)-1]
	if want := []string{"5", "line\nbreak"}; !reflect.DeepEqual(last.Cells, want) || last.Line != 203 || last.Bad != nil {
		t.Errorf("last: %+v", last)
	}
}

func TestSeparatorsAreFoundOut(t *testing.T) {
	for text, want := range map[string]rune{
		"a,b,c\n1,2,3\n": ',', "a\tb\n1,5\t2\n3,5\t4\n": '\t', "时间;值\n2026-01-01;7,8\n2026-01-02;8,1\n": ';', "one\n": ',',
		"My Libre,01.02.2026,Someone\nDevice,Serial,Device Timestamp,Record Type\nx,1,01-02-2026 07:00,0\n": ',',
	} {
		if b, _ := textRows(t, text); b.Comma != want {
			t.Errorf("%q: %q, want %q", text, b.Comma, want)
		}
	}
}

func TestCellsOfShopsAreFreed(t *testing.T) {
	_, rows := textRows(t, "=\"123456789012345678\",'42, 7 ,'tis,\"=\"\"9\"\"\"\n,,\n")
	want := []string{"123456789012345678", "42", "7", "'tis", "9"}
	if len(rows) != 1 || !reflect.DeepEqual(rows[0].Cells, want) {
		t.Errorf("%+v", rows)
	}
}

func TestARowWithoutEndIsRefusedAndTheNextRead(t *testing.T) {
	_, rows := textRows(t, "a,b\n"+strings.Repeat("x", maxRow+5)+"\n1,2\n")
	if len(rows) != 3 || rows[1].Bad != ErrLongRow || rows[2].Line != 3 {
		t.Errorf("%d rows, %v", len(rows), rows[1].Bad)
	}
}

func TestTextInGB18030IsRead(t *testing.T) {
	gb := string([]byte{0xca, 0xb1, 0xbc, 0xe4, ',', 0xd6, 0xb5, '\n', '1', ',', '2', '\n'})
	if _, rows := textRows(t, gb); fmt.Sprint(rows[0].Cells) != "[时间 值]" {
		t.Errorf("%+v", rows)
	}
}
