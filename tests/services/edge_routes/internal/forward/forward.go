// Package forward answers where packets go.
package forward

import (
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"path"
	"time"

	"example.com/svc-edge/internal/rib"
)

type answer struct {
	Prefix    string `json:"prefix"`
	Gateway   string `json:"gateway"`
	Interface uint16 `json:"interface"`
}

// Handler answers /next-hop/ADDRESS.
func Handler(table *rib.Table) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address, err := netip.ParseAddr(path.Base(r.URL.Path))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if !write(w, table, address) {
			http.NotFound(w, r)
		}
	})
}

// sample is one packet of the flow log.
type sample struct {
	at      int64
	address [4]byte
	known   bool
}

// Traffic asks as the forwarding plane would, for ever, and keeps the latest
// packets for the flow log.
func Traffic(table *rib.Table) {
	flows := make([]sample, 450_000)
	for n := 0; ; n++ {
		for i := 0; i < 30; i++ {
			address := rib.Address((n*30 + i) * 17 % 400_000).Next()
			known := write(io.Discard, table, address)
			flows[(n*30+i)%len(flows)] = sample{time.Now().UnixNano(), address.As4(), known}
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func write(w io.Writer, table *rib.Table, address netip.Addr) bool {
	prefix, hop, ok := table.Lookup(address)
	if ok {
		gateway := netip.AddrFrom4(hop.Gateway).String()
		json.NewEncoder(w).Encode(answer{prefix.String(), gateway, hop.Interface})
	}
	return ok
}
