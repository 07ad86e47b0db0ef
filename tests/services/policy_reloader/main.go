// Command svc-access says who may do what. Its policy is written in layers,
// each of which extends another; a reloader takes up changes by putting the
// whole policy together again and swapping it in.
package main

import (
	"log"
	"net/http"
	"time"

	"example.com/svc-access/internal/check"
	"example.com/svc-access/internal/layers"
	"example.com/svc-access/internal/policy"
	"example.com/testbed"
)

const every = 250 * time.Millisecond

func main() {
	bed := testbed.Open("svc-access")

	loader := policy.NewLoader(layers.Repository(14_000))
	bed.Tell(func() []testbed.Map { return []testbed.Map{loader.Truth()} })
	http.Handle("/check", check.Handler(loader))
	go check.Traffic(loader)
	go func() {
		for now := range time.Tick(every) {
			reloads, err := loader.Reload("production", now)
			if err != nil {
				log.Fatal(err)
			}
			if reloads == 8 {
				bed.Ready()
			}
		}
	}()

	bed.Wait()
}
