// Package hub brings scores and viewers together.
package hub

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"example.com/svc-streams/internal/stream"
	"example.com/testbed"
)

// seats is how many viewers of a match are served; a new one takes the place
// of the one who has been there longest.
const seats = 12

type match struct {
	name       string
	home, away int
	watching   [seats]*stream.Stream
	next       int
}

// Hub is safe for concurrent use.
type Hub struct {
	mu      sync.Mutex
	matches map[string]*match
}

// New returns a hub for these matches.
func New(names []string) *Hub {
	h := &Hub{matches: make(map[string]*match, len(names))}
	for _, name := range names {
		h.matches[name] = &match{name: name}
	}
	return h
}

// Watch gives a viewer a seat.
func (h *Hub) Watch(name string, viewer *stream.Stream) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	m, ok := h.matches[name]
	if ok {
		m.watching[m.next%seats] = viewer
		m.next++
	}
	return ok
}

// Play lets scores happen, for ever.
func (h *Hub) Play() {
	for n := 0; ; n++ {
		h.score(n)
		time.Sleep(250 * time.Millisecond)
	}
}

func (h *Hub) score(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.matches {
		m.home += n % 2
		m.away += n % 3 / 2
		for _, viewer := range m.watching {
			if viewer != nil {
				viewer.Offer(stream.Event{Match: m.name, Home: m.home, Away: m.away})
			}
		}
	}
}

// ServeHTTP tells how many are being served.
func (h *Hub) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	served := make(map[string]int, len(h.matches))
	for name, m := range h.matches {
		served[name] = min(m.next, seats)
	}
	json.NewEncoder(w).Encode(served)
}

// Truth describes the hub's map.
func (h *Hub) Truth() testbed.Map {
	h.mu.Lock()
	defer h.mu.Unlock()
	return testbed.One("hub.matches", h.matches).Sized(len(h.matches))
}
