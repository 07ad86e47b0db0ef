// Command svc-discovery says which instances of a service are up. Every change
// of one instance publishes a new, immutable copy of the whole registry.
package main

import (
	"net/http"

	"example.com/svc-discovery/internal/beats"
	"example.com/svc-discovery/internal/registry"
	"example.com/svc-discovery/internal/watch"
	"example.com/testbed"
)

const instances = 40_000

func main() {
	bed := testbed.Open("svc-discovery")

	nodes := registry.Load(beats.Inventory(instances))
	http.Handle("/v1/instance/", watch.Handler(nodes))
	bed.Tell(func() []testbed.Map { return []testbed.Map{nodes.Truth()} })

	go watch.Clients(nodes, instances)
	go beats.Listen(nodes, instances, func(changes int) {
		if changes == 8 {
			bed.Ready()
		}
	})
	bed.Wait()
}
