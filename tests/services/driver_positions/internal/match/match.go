// Package match finds a driver for a rider.
package match

import (
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"example.com/svc-dispatch/internal/fleet"
)

// Fleet is what the matcher must know.
type Fleet interface {
	Where(driver uint32) (fleet.Position, bool)
}

type offer struct {
	Driver string  `json:"driver"`
	Metres float64 `json:"metres"`
}

// Handler answers /nearest?first=DRIVER with offers of the drivers from there.
func Handler(drivers Fleet) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first, err := strconv.ParseUint(r.URL.Query().Get("first"), 10, 32)
		if err != nil {
			http.Error(w, "first is the number of a driver", http.StatusBadRequest)
			return
		}
		offers(w, drivers, uint32(first))
	})
}

// Riders asks for drivers as a city would, for ever.
func Riders(drivers Fleet, known int) {
	for n := 0; ; n++ {
		for i := 0; i < 6; i++ {
			offers(io.Discard, drivers, uint32(70_000+(n*6+i)*57%known*3))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func offers(w io.Writer, drivers Fleet, first uint32) {
	found := make([]offer, 0, 40)
	for driver := first; len(found) < cap(found) && driver < first+300; driver += 3 {
		if at, ok := drivers.Where(driver); ok {
			metres := 111_000 * math.Hypot(float64(at.Lat-52.5), float64(at.Lon-13.4))
			found = append(found, offer{"driver " + strconv.Itoa(int(driver)), metres})
		}
	}
	json.NewEncoder(w).Encode(found)
}
