package main

import (
	"fmt"
	"net/http"
	"runtime"
)

// serveMetrics tells Prometheus of the heap, by the name that its Go client
// would give it. Without that client: a service needs the standard library only.
func serveMetrics(w http.ResponseWriter, _ *http.Request) {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	fmt.Fprintf(w, "go_memstats_heap_inuse_bytes %d\n", stats.HeapInuse)
}
