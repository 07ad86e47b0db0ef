// Command svc-parts tells where in the warehouse a spare part lies. It finds
// parts by number and by barcode: two indexes over one list of shelves.
package main

import (
	"net/http"

	"example.com/svc-parts/internal/desk"
	"example.com/svc-parts/internal/inventory"
	"example.com/testbed"
)

const parts = 320_000

func main() {
	bed := testbed.Open("svc-parts")

	stock := inventory.Open(inventory.Count(parts))
	http.HandleFunc("/parts/", desk.Handler(stock))
	go desk.Scanner(stock, parts)
	bed.Tell(func() []testbed.Map { return []testbed.Map{stock.Truth()} })

	bed.Ready()
	bed.Wait()
}
