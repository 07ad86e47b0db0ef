// Package dedup remembers which events were handled.
package dedup

import (
	"sync"
	"time"

	"example.com/testbed"
)

type session struct {
	firstSeen int64
	lastSeen  int64
	hits      int32
}

// Cache is safe for concurrent use.
type Cache struct {
	mu       sync.Mutex
	sessions map[string]session
}

// New returns an empty cache.
func New() *Cache { return &Cache{sessions: make(map[string]session)} }

// Seen notes the event and says whether it came before.
func (c *Cache) Seen(id string, at time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, known := c.sessions[id]
	if !known {
		s.firstSeen = at.UnixNano()
	}
	s.lastSeen = at.UnixNano()
	s.hits++
	c.sessions[id] = s // culprit: unbounded_growth, first bound
	return known
}

// Truth describes the cache's map.
func (c *Cache) Truth() testbed.Map {
	c.mu.Lock()
	defer c.mu.Unlock()
	return testbed.One("dedup.sessions", c.sessions)
}
