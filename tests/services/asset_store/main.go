// Command svc-assets serves files by their digest from memory. Publishers send
// manifests of what they changed, which it decodes and takes up.
package main

import (
	"log"
	"net/http"
	"time"

	"example.com/svc-assets/internal/blobs"
	"example.com/svc-assets/internal/manifest"
	"example.com/testbed"
)

const (
	assets = 120_000
	every  = 150 * time.Millisecond
)

func main() {
	bed := testbed.Open("svc-assets")

	store := blobs.NewStore(assets)
	for i := 0; i < assets; i++ {
		store.Put(manifest.Digest(i), manifest.Content(i))
	}
	http.Handle("/assets/", store)
	bed.Tell(func() []testbed.Map { return []testbed.Map{store.Truth()} })

	intake := manifest.NewIntake(store, assets)
	publisher, err := manifest.NewPublisher(assets)
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for range time.Tick(every) {
			manifests, err := intake.Receive(publisher.Next())
			if err != nil {
				log.Fatal(err)
			}
			if manifests == 10 {
				bed.Ready()
			}
		}
	}()

	bed.Wait()
}
