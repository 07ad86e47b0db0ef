// Command svc-hooks takes webhooks of partners, checks their signatures and
// keeps the latest for delivery. Envelopes may hold anything, so they are
// decoded into map[string]any; what costs memory are the payloads.
package main

import (
	"log"
	"net/http"

	"example.com/svc-hooks/internal/intake"
	"example.com/svc-hooks/internal/outbox"
	"example.com/svc-hooks/internal/partners"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-hooks")

	waiting := outbox.New(600)
	door := intake.NewDoor([]byte("a secret of both sides"), waiting)
	http.Handle("/hook", door)
	bed.Tell(func() []testbed.Map { return []testbed.Map{door.Truth()} })

	go func() {
		log.Fatal(partners.Send(door, func(sent int) {
			if sent == 2_000 {
				bed.Ready()
			}
		}))
	}()
	bed.Wait()
}
