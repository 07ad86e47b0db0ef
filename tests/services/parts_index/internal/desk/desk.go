// Package desk answers those who look for a part.
package desk

import (
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strconv"
	"time"

	"example.com/svc-parts/internal/inventory"
)

type answer struct {
	Number uint64 `json:"number"`
	Pieces int32  `json:"pieces"`
	Shelf  string `json:"shelf"`
}

// Handler answers /parts/NUMBER.
func Handler(stock *inventory.Inventory) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.ParseUint(path.Base(r.URL.Path), 10, 64)
		if err != nil {
			http.Error(w, "a part has a number", http.StatusBadRequest)
			return
		}
		part, shelf, ok := stock.ByNumber(inventory.Number(number))
		if !ok {
			http.NotFound(w, r)
			return
		}
		write(w, part, shelf)
	}
}

// Scanner reads the barcodes that a shift of pickers would, for ever.
func Scanner(stock *inventory.Inventory, parts int) {
	for n := 0; ; n++ {
		for i := 0; i < 40; i++ {
			barcode := inventory.Barcode(4_000_000_000_000 + (n*40+i)*32%parts*9_973)
			if part, shelf, ok := stock.ByBarcode(barcode); ok {
				write(io.Discard, part, shelf)
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func write(w io.Writer, part inventory.Part, shelf string) {
	json.NewEncoder(w).Encode(answer{uint64(part.Number), part.Pieces, shelf})
}
