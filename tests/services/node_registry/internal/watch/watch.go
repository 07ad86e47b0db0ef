// Package watch answers those who look for an instance.
package watch

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/svc-discovery/internal/registry"
)

// Resolver is what clients ask.
type Resolver interface {
	Resolve(id string) (registry.Endpoint, bool)
}

// Handler answers /v1/instance/SERVICE/ID.
func Handler(nodes Resolver) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := strings.TrimPrefix(r.URL.Path, "/v1/instance/")
		if !answer(w, nodes, id) {
			http.NotFound(w, r)
		}
	})
}

// Clients look instances up for ever.
func Clients(nodes Resolver, instances int) {
	for n := 0; ; n++ {
		for i := 0; i < 60; i++ {
			number := (n*60 + i) % instances
			answer(io.Discard, nodes, "svc-"+strconv.Itoa(number%900)+"/"+strconv.FormatInt(int64(number)*2_654_435_761, 36))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func answer(w io.Writer, nodes Resolver, id string) bool {
	endpoint, ok := nodes.Resolve(id)
	if ok {
		json.NewEncoder(w).Encode(endpoint)
	}
	return ok
}
