// Package export yields the accounts of the core bank as rows of text.
package export

import (
	"io"
	"strconv"
)

// Reader writes one row after the other: number;owner;currency;cents;opened.
type Reader struct {
	next, end int
	row       []byte
	rest      []byte
}

// New returns an export of n accounts.
func New(n int) *Reader { return &Reader{end: n, row: make([]byte, 0, 96)} }

// Number is the number of the i-th account.
func Number(i int) uint64 { return 10_000_000_000 + uint64(i)*6_700_417%9_999_999_967 }

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	filled := 0
	for filled < len(p) {
		if len(r.rest) == 0 {
			if r.next == r.end {
				break
			}
			r.rest = r.render(r.next)
			r.next++
		}
		n := copy(p[filled:], r.rest)
		r.rest = r.rest[n:]
		filled += n
	}
	if filled == 0 {
		return 0, io.EOF
	}
	return filled, nil
}

func (r *Reader) render(i int) []byte {
	row := strconv.AppendUint(r.row[:0], Number(i), 10)
	row = append(row, ";owner-"...)
	row = strconv.AppendInt(row, int64(i/3), 36)
	row = append(row, ";EUR;"...)
	row = strconv.AppendInt(row, int64(i)*7_907%5_000_000-120_000, 10)
	row = append(row, ';')
	row = strconv.AppendInt(row, 946_684_800+int64(i)*1_913, 10)
	return append(row, '\n')
}
