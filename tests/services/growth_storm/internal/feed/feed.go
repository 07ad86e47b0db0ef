// Package feed produces the nightly product export, line by line.
package feed

import (
	"io"
	"math/rand"
	"strconv"
)

// Reader yields CSV lines of sku, name, price in cents and stock.
type Reader struct {
	rng  *rand.Rand
	next int
	end  int
	line []byte
}

// New returns a feed of n products; the same n gives the same feed.
func New(n int) *Reader {
	return &Reader{rng: rand.New(rand.NewSource(int64(n))), end: n, line: make([]byte, 0, 128)}
}

// Line returns the next line, or io.EOF. The slice is valid until the next call.
func (r *Reader) Line() ([]byte, error) {
	if r.next == r.end {
		return nil, io.EOF
	}
	line := append(r.line[:0], "SKU-"...)
	line = strconv.AppendInt(line, int64(r.next)*7919%10_000_000, 10)
	line = append(line, ",Product "...)
	line = strconv.AppendInt(line, int64(r.next), 36)
	line = append(line, ',')
	line = strconv.AppendInt(line, 99+r.rng.Int63n(50_000), 10)
	line = append(line, ',')
	line = strconv.AppendInt(line, r.rng.Int63n(1_000), 10)
	r.next++
	return line, nil
}
