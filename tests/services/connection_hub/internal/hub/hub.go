// Package hub holds the connections and passes messages to them.
package hub

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"example.com/testbed"
)

// Hub is safe for concurrent use.
type Hub struct {
	mu     sync.Mutex
	conns  []*Conn
	opened int
	ends   uint64
}

// New returns a hub without connections.
func New() *Hub { return new(Hub) }

// Open puts a connection that subscribes to these topics into a seat; a seat
// that was taken changes hands.
func (h *Hub) Open(seat int, remote string, topics []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opened++
	c := newConn(uint64(h.opened), remote)
	for _, topic := range topics {
		c.subscribe(topic, Cursor{Offset: h.ends, Since: time.Now().Unix()})
	}
	if seat == len(h.conns) {
		h.conns = append(h.conns, c)
		return
	}
	h.conns[seat] = c
}

// Publish sends a message to those of one part of the seats that subscribed
// to its topic, and returns how many they are.
func (h *Hub) Publish(topic, text string, part, parts int) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ends++
	frame, err := json.Marshal(struct {
		Topic  string `json:"topic"`
		Offset uint64 `json:"offset"`
		Text   string `json:"text"`
	}{topic, h.ends, text})
	if err != nil {
		return 0, err
	}
	reached := 0
	for seat := part; seat < len(h.conns); seat += parts {
		if h.conns[seat].advance(topic, h.ends) {
			io.Discard.Write(frame)
			reached++
		}
	}
	return reached, nil
}

// ServeHTTP says how many connections there are.
func (h *Hub) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	json.NewEncoder(w).Encode(map[string]int{"open": len(h.conns), "opened": h.opened})
}

// Truth describes the cursors of all connections.
func (h *Hub) Truth() testbed.Map {
	h.mu.Lock()
	defer h.mu.Unlock()
	entries, largest := 0, 0
	for _, c := range h.conns {
		entries += len(c.cursors)
		largest = max(largest, len(c.cursors))
	}
	one := testbed.One("hub.Conn.cursors", h.conns[0].cursors)
	return one.Many(len(h.conns), entries, largest).Rebuilt(h.opened)
}
