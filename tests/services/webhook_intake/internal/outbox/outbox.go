// Package outbox keeps messages until they are delivered.
package outbox

import "sync"

// Message is a payload and what it is about.
type Message struct {
	Topic   string
	Payload []byte
}

// Outbox is a ring, oldest out first; it is safe for concurrent use.
type Outbox struct {
	mu   sync.Mutex
	ring []Message
	next int
}

// New returns an outbox for the latest n messages.
func New(n int) *Outbox { return &Outbox{ring: make([]Message, n)} }

// Put adds a message.
func (o *Outbox) Put(m Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ring[o.next%len(o.ring)] = m
	o.next++
}
