// Command svc-gateway passes requests on and measures them. Its metrics are
// labelled with the client, and there is no end of clients.
package main

import (
	"net/http"
	"time"

	"example.com/svc-gateway/internal/metrics"
	"example.com/svc-gateway/internal/proxy"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-gateway")

	registry := metrics.NewRegistry()
	gateway := proxy.New(registry.Observe)
	http.Handle("/metrics", registry)
	http.Handle("/api/", gateway)

	bed.Tell(func() []testbed.Map { return []testbed.Map{registry.Truth()} })
	go gateway.Traffic(11_000)
	time.AfterFunc(3*time.Second, bed.Ready)

	bed.Wait()
}
