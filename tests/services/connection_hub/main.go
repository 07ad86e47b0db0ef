// Command svc-push delivers messages to browsers. Each of its connections
// knows in a map of its own what it has subscribed to.
package main

import (
	"net/http"

	"example.com/svc-push/internal/clients"
	"example.com/svc-push/internal/hub"
	"example.com/testbed"
)

const connections = 40_000

func main() {
	bed := testbed.Open("svc-push")

	h := hub.New()
	clients.Connect(h, connections)
	http.Handle("/connections", h)
	go clients.Roam(h, connections)
	go clients.Chatter(h)
	bed.Tell(func() []testbed.Map { return []testbed.Map{h.Truth()} })

	bed.Ready()
	bed.Wait()
}
