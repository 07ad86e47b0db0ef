// Package orders prices orders against the catalog.
package orders

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"example.com/svc-orders/internal/catalog"
)

// Finder is what the desk needs of a catalog.
type Finder interface {
	Find(sku string) (*catalog.Product, bool)
}

// Line is one position of an order.
type Line struct {
	SKU   string `json:"sku"`
	Count int64  `json:"count"`
}

// Quote is the answer to an order.
type Quote struct {
	TotalCents int64    `json:"total_cents"`
	Missing    []string `json:"missing,omitempty"`
}

// Desk answers requests for quotes.
type Desk struct {
	products Finder
}

// NewDesk returns a desk that looks products up in that catalog.
func NewDesk(products Finder) *Desk { return &Desk{products: products} }

// Quote adds up an order.
func (d *Desk) Quote(lines []Line) Quote {
	var q Quote
	for _, line := range lines {
		p, ok := d.products.Find(line.SKU)
		if !ok {
			q.Missing = append(q.Missing, line.SKU)
			continue
		}
		q.TotalCents += p.PriceCents * line.Count
	}
	return q
}

// ServeQuote takes a JSON list of lines and answers with a quote.
func (d *Desk) ServeQuote(w http.ResponseWriter, r *http.Request) {
	var lines []Line
	if err := json.NewDecoder(r.Body).Decode(&lines); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	json.NewEncoder(w).Encode(d.Quote(lines))
}

// Replay prices yesterday's orders for ever, at the pace of a quiet shop.
func (d *Desk) Replay() {
	for n := 0; ; n++ {
		lines := make([]Line, 0, 24)
		for i := 0; i < cap(lines); i++ {
			sku := "SKU-" + strconv.Itoa((n*31+i)*7919%10_000_000)
			lines = append(lines, Line{SKU: sku, Count: int64(i%3 + 1)})
		}
		if err := json.NewEncoder(io.Discard).Encode(d.Quote(lines)); err != nil {
			panic(fmt.Sprintf("a quote that is not JSON: %v", err))
		}
		time.Sleep(5 * time.Millisecond)
	}
}
