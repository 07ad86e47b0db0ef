// Package lookups is what people ask.
package lookups

import (
	"encoding/json"
	"io"
	"strconv"
	"time"

	"example.com/svc-geocode/internal/cache"
	"example.com/svc-geocode/internal/postcodes"
)

const (
	tick    = 20 * time.Millisecond
	ceiling = 1_200_000 // the machine under the test has to survive it
)

// Run asks for new addresses at that rate by the clock, and twice for one in
// four of those that were asked before.
func Run(places *cache.Cache, codes *postcodes.Table, perSecond int) {
	began := time.Now()
	asked := 0
	for now := range time.Tick(tick) {
		due := int(now.Sub(began).Seconds() * float64(perSecond))
		for ; asked < due && asked < ceiling; asked++ {
			locate(places, codes, asked)
			if asked%4 == 0 {
				answer(locate(places, codes, asked/2))
			}
		}
	}
}

func locate(places *cache.Cache, codes *postcodes.Table, n int) *cache.Place {
	code := n * 7 % 180_000 * 11
	address := "Street " + strconv.Itoa(n/180_000) + ", " + strconv.Itoa(code)
	if place, ok := places.Find(address); ok {
		return place
	}
	area, ok := codes.Find(postcodes.Code(49<<32 | uint64(code)))
	place := &cache.Place{Lat: (area.South + area.North) / 2, Lon: (area.West + area.East) / 2, Sure: ok}
	places.Keep(address, place)
	return place
}

func answer(place *cache.Place) {
	if err := json.NewEncoder(io.Discard).Encode(place); err != nil {
		panic(err) // a place is plain data
	}
}
