// Package cache remembers the place of every address that was asked for.
package cache

import (
	"sync"
	"sync/atomic"

	"example.com/testbed"
)

// Place is where an address is, in millionths of a degree.
type Place struct {
	Lat, Lon int32
	Sure     bool
}

// Cache is safe for concurrent use; its zero value is empty.
type Cache struct {
	places sync.Map // string to *Place
	known  atomic.Int64
}

// Find returns the place of an address.
func (c *Cache) Find(address string) (*Place, bool) {
	place, ok := c.places.Load(address)
	if !ok {
		return nil, false
	}
	return place.(*Place), true
}

// Keep remembers a place.
func (c *Cache) Keep(address string, place *Place) {
	c.places.Store(address, place) // culprit: unbounded_growth, first bound
	c.known.Add(1)
}

// Truth describes what holds the places: up to Go 1.23 a built-in map inside
// sync.Map, from any to a pointer; later a trie, which has no slots.
func (c *Cache) Truth() testbed.Map {
	known := int(c.known.Load())
	one := testbed.One("cache.places", map[any]*Place{}).Many(1, known, known)
	if trie {
		one.SlotBytes = 0
	}
	return one
}
