// Package collect turns log lines into segments.
package collect

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"sort"

	"example.com/svc-logs/internal/recent"
)

const (
	linesPerSegment = 6_000
	keptSegments    = 40
)

type line struct {
	at     int64
	stream *recent.Stream
	text   []byte
}

// Collector packs segments, of which it keeps the latest.
type Collector struct {
	streams  *recent.Streams
	rng      *rand.Rand
	clock    int64
	next     int
	segments [][]byte
}

// New returns a collector that notes streams there.
func New(streams *recent.Streams) *Collector {
	return &Collector{
		streams:  streams,
		rng:      rand.New(rand.NewSource(7)),
		segments: make([][]byte, keptSegments),
	}
}

// WarmUp notes who wrote the last n lines of yesterday.
func (c *Collector) WarmUp(n int) {
	for i := 0; i < n; i++ {
		c.write()
	}
}

// Segment collects, sorts and packs one segment; it returns their number.
func (c *Collector) Segment() int {
	lines := make([]line, 0, linesPerSegment)
	size := 0
	for len(lines) < linesPerSegment {
		l := c.read()
		lines = append(lines, l)
		size += len(l.text) + 12
	}
	sort.SliceStable(lines, func(i, j int) bool { return lines[i].at < lines[j].at })
	c.segments[c.next%keptSegments] = pack(lines, size)
	c.next++
	return c.next
}

func pack(lines []line, size int) []byte {
	segment := make([]byte, 0, size)
	for _, l := range lines {
		segment = binary.LittleEndian.AppendUint64(segment, uint64(l.at))
		segment = binary.LittleEndian.AppendUint32(segment, uint32(len(l.text)))
		segment = append(segment, l.text...)
	}
	return segment
}

// write stands for the network: lines come a little out of order, one in
// twenty from a stream that started just now.
func (c *Collector) write() (*recent.Stream, int64) {
	c.clock += 1 + c.rng.Int63n(20)
	at := c.clock - c.rng.Int63n(400)
	pod := c.clock/200 - c.rng.Int63n(20_000)
	return c.streams.Touch(fmt.Sprintf("shop/pod-%07x", uint64(pod)&0xfffffff), at), at
}

func (c *Collector) read() line {
	stream, at := c.write()
	text := make([]byte, 0, 352)
	text = fmt.Appendf(text, "level=info stream=%s line=%d ", stream.Name, stream.Lines)
	for len(text) < 180+int(at%120) {
		text = append(text, "request served without remarks; "...)
	}
	return line{at: at, stream: stream, text: text}
}
