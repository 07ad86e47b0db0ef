// Command svc-limits decides whether a client may make another call. Each
// tenant's clients are kept apart, in a map made for the largest tenant there
// might ever be.
package main

import (
	"net/http"

	"example.com/svc-limits/internal/gateway"
	"example.com/svc-limits/internal/tenants"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-limits")

	directory := tenants.Open(tenants.Contracts(40))
	http.Handle("/allow", gateway.Handler(directory))
	bed.Tell(func() []testbed.Map { return []testbed.Map{directory.Truth()} })
	go gateway.Calls(directory, func(calls int) {
		if calls == 60_000 {
			bed.Ready()
		}
	})
	bed.Wait()
}
