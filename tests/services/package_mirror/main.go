// Command svc-mirror hands out packages it has fetched from their origin. Its
// memory is what goes through it: records, buffers that double, bodies kept.
package main

import (
	"log"
	"net/http"

	"example.com/svc-mirror/internal/clients"
	"example.com/svc-mirror/internal/mirror"
	"example.com/svc-mirror/internal/origin"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-mirror")

	front := mirror.New(origin.Site{}, 48)
	http.Handle("/packages/", front)
	bed.Tell(func() []testbed.Map { return []testbed.Map{front.Truth()} })

	go func() {
		log.Fatal(clients.Run(front, func(served int) {
			if served == 200 {
				bed.Ready()
			}
		}))
	}()
	bed.Wait()
}
