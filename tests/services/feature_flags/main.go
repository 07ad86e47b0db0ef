// Command svc-flags evaluates feature flags. Each request gets a copy of all
// flags, so that it may apply the overrides of its tenant to them.
package main

import (
	"net/http"

	"example.com/svc-flags/internal/flags"
	"example.com/svc-flags/internal/serve"
	"example.com/testbed"
)

const defined = 30_000

func main() {
	bed := testbed.Open("svc-flags")

	store := flags.NewStore(flags.Defined(defined))
	evaluator := serve.New(store)
	http.Handle("/evaluate/", evaluator)
	bed.Tell(func() []testbed.Map { return store.Truth() })
	go evaluator.Traffic(func(requests int) {
		if requests == 20 {
			bed.Ready()
		}
	})

	bed.Wait()
}
