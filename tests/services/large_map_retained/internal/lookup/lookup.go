// Package lookup answers where a cell is.
package lookup

import (
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strconv"
	"time"

	"example.com/svc-geo/internal/geo"
)

type answer struct {
	Number int32   `json:"number"`
	Lat    float32 `json:"lat"`
	Lon    float32 `json:"lon"`
	Region uint32  `json:"region"`
}

// Handler answers /cells/NUMBER.
func Handler(index *geo.Index) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.ParseInt(path.Base(r.URL.Path), 10, 32)
		if err != nil {
			http.Error(w, "a cell is a number", http.StatusBadRequest)
			return
		}
		if !write(w, index, int32(number)) {
			http.NotFound(w, r)
		}
	})
}

// Traffic looks cells up as clients would, for ever.
func Traffic(index *geo.Index) {
	for n := 0; ; n++ {
		for i := 0; i < 40; i++ {
			write(io.Discard, index, geo.Number((n*40+i)%index.Len()))
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func write(w io.Writer, index *geo.Index, number int32) bool {
	cell, ok := index.Cell(number)
	if ok {
		json.NewEncoder(w).Encode(answer{number, cell.Lat, cell.Lon, cell.Region})
	}
	return ok
}
