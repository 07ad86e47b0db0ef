// Command svc-geocode finds the place of an address. Answers stay in a cache
// that nobody empties; the table of postcodes beside it is as large as it must
// be.
package main

import (
	"time"

	"example.com/svc-geocode/internal/cache"
	"example.com/svc-geocode/internal/lookups"
	"example.com/svc-geocode/internal/postcodes"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-geocode")

	codes := postcodes.Load(postcodes.Survey(180_000))
	places := new(cache.Cache)
	bed.Tell(func() []testbed.Map { return []testbed.Map{places.Truth(), codes.Truth()} })
	go lookups.Run(places, codes, 14_000)
	time.AfterFunc(4*time.Second, bed.Ready)

	bed.Wait()
}
