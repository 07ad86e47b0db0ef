// Command svc-thumbs makes thumbnails and keeps the latest hundred thousand:
// its map takes in and gives up entries all the time and stays the same size.
package main

// later

import (
	"example.com/svc-thumbs/internal/lru"
	"example.com/svc-thumbs/internal/thumbs"
	"example.com/testbed"
)

const capacity = 100_000

func main() {
	bed := testbed.Open("svc-thumbs")

	cache := lru.New(capacity)
	bed.Tell(func() []testbed.Map { return []testbed.Map{cache.Truth()} })
	go thumbs.Serve(cache, capacity, bed.Ready)

	bed.Wait()
}
