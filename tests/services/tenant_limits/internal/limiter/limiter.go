// Package limiter counts the calls of one tenant's clients.
package limiter

import (
	"sync"
	"time"

	"example.com/testbed"
)

// maxClients is what the largest contract allows.
const maxClients = 1 << 16

// window is what one client did lately.
type window struct {
	began   time.Time
	calls   int
	refused int
	weights [4]float32
}

// Limiter is safe for concurrent use.
type Limiter struct {
	perSecond int
	mu        sync.Mutex
	clients   map[string]*window
}

// New returns a limiter that allows each client so many calls a second.
func New(perSecond int) *Limiter {
	return &Limiter{
		perSecond: perSecond,
		clients:   make(map[string]*window, maxClients), // culprit: oversized_hint, first right_size
	}
}

// Allow says whether this client may make a call now.
func (l *Limiter) Allow(client string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	w, known := l.clients[client]
	if !known {
		w = &window{began: now}
		l.clients[client] = w
	}
	if now.Sub(w.began) > time.Second {
		w.began, w.calls = now, 0
	}
	w.calls++
	if w.calls > l.perSecond {
		w.refused++
		return false
	}
	return true
}

// Truth describes the limiter's map.
func (l *Limiter) Truth() testbed.Map {
	l.mu.Lock()
	defer l.mu.Unlock()
	return testbed.One("limiter.clients", l.clients).Sized(maxClients)
}
