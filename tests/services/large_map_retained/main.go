// Command svc-geo finds the cell of a place. Its index is large, made with the
// right size, filled once and kept.
package main

import (
	"net/http"

	"example.com/svc-geo/internal/geo"
	"example.com/svc-geo/internal/lookup"
	"example.com/testbed"
)

const cells = 800_000

func main() {
	bed := testbed.Open("svc-geo")

	index := geo.NewIndex(cells)
	http.Handle("/cells/", lookup.Handler(index))
	go lookup.Traffic(index)
	bed.Tell(func() []testbed.Map { return []testbed.Map{index.Truth()} })

	bed.Ready()
	bed.Wait()
}
