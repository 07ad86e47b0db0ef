// Command svc-edge finds the next hop of an address. It reads the full routing
// table at start, whose size the route server tells beforehand, and keeps it.
package main

import (
	"net/http"

	"example.com/svc-edge/internal/forward"
	"example.com/svc-edge/internal/rib"
	"example.com/testbed"
)

const announced = 300_000

func main() {
	bed := testbed.Open("svc-edge")

	table := rib.Read(rib.Announcements(announced), announced)
	http.Handle("/next-hop/", forward.Handler(table))
	go forward.Traffic(table)
	bed.Tell(func() []testbed.Map { return []testbed.Map{table.Truth()} })

	bed.Ready()
	bed.Wait()
}
