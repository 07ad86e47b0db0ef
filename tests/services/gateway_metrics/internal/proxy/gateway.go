// Package proxy passes requests on to the services behind the gateway.
package proxy

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/svc-gateway/internal/metrics"
)

const ceiling = 1_600_000 // the machine under the test has to survive it

// handler answers one request and says with which status.
type handler func(w io.Writer, client string) int

// Gateway routes requests by their first path element.
type Gateway struct {
	routes []string
	timed  map[string]handler
}

// New returns a gateway that tells observe of each request.
func New(observe func(metrics.Labels, time.Duration)) *Gateway {
	g := &Gateway{routes: []string{"carts", "orders", "search"}, timed: make(map[string]handler, 3)}
	for _, route := range g.routes {
		g.timed[route] = timing(route, upstream(route), observe)
	}
	return g
}

func timing(route string, next handler, observe func(metrics.Labels, time.Duration)) handler {
	return func(w io.Writer, client string) int {
		began := time.Now()
		status := next(w, client)
		observe(metrics.Labels{Route: route, Client: client, Status: status}, time.Since(began))
		return status
	}
}

func upstream(route string) handler {
	return func(w io.Writer, client string) int {
		body := fmt.Appendf(make([]byte, 0, 192), `{"service":%q,"client":%q,"items":[],"trace":"none"}`, route, client)
		w.Write(body)
		return http.StatusOK
	}
}

// ServeHTTP answers /api/ROUTE for the client that the request comes from.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, known := g.timed[strings.TrimPrefix(r.URL.Path, "/api/")]
	if !known {
		http.NotFound(w, r)
		return
	}
	route(w, r.RemoteAddr)
}

// Traffic comes from that many new clients a second, by the clock; one client
// in eight asks a second time.
func (g *Gateway) Traffic(perSecond int) {
	began := time.Now()
	clients := 0
	for now := range time.Tick(25 * time.Millisecond) {
		due := min(int(now.Sub(began).Seconds()*float64(perSecond)), ceiling)
		for ; clients < due; clients++ {
			client := "10." + strconv.Itoa(clients>>8&0xffff) + "." + strconv.Itoa(clients&0xff)
			route := g.timed[g.routes[clients%len(g.routes)]]
			route(io.Discard, client)
			if clients%8 == 0 {
				route(io.Discard, client)
			}
		}
	}
}
