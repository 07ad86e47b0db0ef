// Package thumbs makes thumbnails that are not in the cache yet.
package thumbs

import (
	"time"

	"example.com/svc-thumbs/internal/lru"
)

const perTick = 600

// Cache is what the maker needs of one.
type Cache interface {
	Get(lru.Key) ([]byte, bool)
	Put(lru.Key, []byte)
}

// Serve answers requests for ever, most of them for images never seen before.
// It calls steady once the cache was filled and turned over twice.
func Serve(cache Cache, capacity int, steady func()) {
	for n := 0; ; n++ {
		thumb(cache, lru.Key{Image: int64(n), Edge: 128})
		thumb(cache, lru.Key{Image: int64(n - n%64), Edge: 128})
		if n == 3*capacity {
			steady()
		}
		if n > 3*capacity && n%perTick == 0 {
			time.Sleep(20 * time.Millisecond)
		}
	}
}

func thumb(cache Cache, key lru.Key) []byte {
	if made, ok := cache.Get(key); ok {
		return made
	}
	made := scale(key)
	cache.Put(key, made)
	return made
}

func scale(key lru.Key) []byte {
	pixels := make([]byte, 256+key.Image%8*64)
	for i := range pixels {
		pixels[i] = byte(int64(i) * key.Image >> 3)
	}
	return pixels
}
