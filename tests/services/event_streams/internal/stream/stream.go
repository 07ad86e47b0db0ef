// Package stream sends one viewer what happens.
package stream

import (
	"io"
	"strconv"
)

// Event is a score.
type Event struct {
	Match string
	Home  int
	Away  int
}

// Stream is one viewer's connection.
type Stream struct {
	inbox chan Event
	frame []byte
	sent  int
}

// Open returns a stream with its goroutine running.
func Open(to io.Writer) *Stream {
	s := &Stream{inbox: make(chan Event, 48), frame: make([]byte, 6*1024)}
	go s.run(to)
	return s
}

// Offer hands an event to the viewer unless he is too far behind.
func (s *Stream) Offer(e Event) bool {
	select {
	case s.inbox <- e:
		return true
	default:
		return false
	}
}

// run ends when the inbox is closed, which is the hub's business.
func (s *Stream) run(to io.Writer) {
	for e := range s.inbox {
		s.sent++
		if _, err := to.Write(s.encode(e)); err != nil {
			continue
		}
	}
}

func (s *Stream) encode(e Event) []byte {
	text := append(s.frame[:0], "data: "...)
	text = append(text, e.Match...)
	text = append(text, ' ')
	text = strconv.AppendInt(text, int64(e.Home), 10)
	text = append(text, ':')
	text = strconv.AppendInt(text, int64(e.Away), 10)
	return append(text, "\n\n"...)
}
