// Package recent remembers the streams that wrote most recently.
package recent

import (
	"container/list"
	"sync"

	"example.com/testbed"
)

// Stream is what is known about one.
type Stream struct {
	Name  string
	Last  int64
	Lines int64
}

// Streams holds a fixed number of them; it is safe for concurrent use.
type Streams struct {
	mu     sync.Mutex
	size   int
	order  *list.List
	byName map[string]*list.Element
}

// New returns an empty memory for so many streams.
func New(size int) *Streams {
	return &Streams{size: size, order: list.New(), byName: make(map[string]*list.Element, size)}
}

// Touch notes a line of the stream, which takes the place of the stream that
// was silent for longest if it is a new one.
func (s *Streams) Touch(name string, at int64) *Stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	element, known := s.byName[name]
	if !known {
		if s.order.Len() == s.size {
			delete(s.byName, s.order.Remove(s.order.Back()).(*Stream).Name)
		}
		element = s.order.PushFront(&Stream{Name: name})
		s.byName[name] = element
	}
	s.order.MoveToFront(element)
	stream := element.Value.(*Stream)
	stream.Last = at
	stream.Lines++
	return stream
}

// Truth describes the index.
func (s *Streams) Truth() testbed.Map {
	s.mu.Lock()
	defer s.mu.Unlock()
	return testbed.One("recent.byName", s.byName).Sized(s.size)
}
