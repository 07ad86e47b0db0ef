// Command svc-intake accepts events and drops those it has seen before. It
// never forgets one.
package main

import (
	"net/http"
	"time"

	"example.com/svc-intake/internal/dedup"
	"example.com/svc-intake/internal/intake"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-intake")

	seen := dedup.New()
	http.HandleFunc("/metrics", serveMetrics)
	bed.Tell(func() []testbed.Map { return []testbed.Map{seen.Truth()} })
	go intake.Run(seen, 40_000)
	time.AfterFunc(3*time.Second, bed.Ready)

	bed.Wait()
}
