// Package lru keeps the most recently used thumbnails.
package lru

import (
	"container/list"
	"sync"

	"example.com/testbed"
)

// Key names a thumbnail.
type Key struct {
	Image int64
	Edge  int32
}

type entry struct {
	key   Key
	thumb []byte
}

// Cache holds a fixed number of thumbnails; it is safe for concurrent use.
type Cache struct {
	mu       sync.Mutex
	capacity int
	order    *list.List
	byKey    map[Key]*list.Element
}

// New returns an empty cache with room for that many thumbnails.
func New(capacity int) *Cache {
	return &Cache{capacity: capacity, order: list.New(), byKey: make(map[Key]*list.Element, capacity)}
}

// Get returns a thumbnail and makes it the most recent one.
func (c *Cache) Get(key Key) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.byKey[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(element)
	return element.Value.(*entry).thumb, true
}

// Put adds a thumbnail, in place of the least recent one if there is no room.
func (c *Cache) Put(key Key, thumb []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.order.Len() == c.capacity {
		oldest := c.order.Remove(c.order.Back()).(*entry)
		delete(c.byKey, oldest.key)
	}
	c.byKey[key] = c.order.PushFront(&entry{key: key, thumb: thumb})
}

// Truth describes the cache's map.
func (c *Cache) Truth() testbed.Map {
	c.mu.Lock()
	defer c.mu.Unlock()
	return testbed.One("lru.byKey", c.byKey).Sized(c.capacity)
}
