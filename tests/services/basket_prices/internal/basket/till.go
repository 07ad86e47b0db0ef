// Package basket adds up what customers want to buy.
package basket

import (
	"encoding/json"
	"io"
	"net/http"
	"sync/atomic"

	"example.com/svc-basket/internal/pricelist"
	"example.com/testbed"
)

// Position is a number of pieces of one article.
type Position struct {
	Article pricelist.ID `json:"article"`
	Pieces  int64        `json:"pieces"`
}

// Request is a basket and the discounts of the customer who fills it.
type Request struct {
	Positions []Position       `json:"positions"`
	Rebates   map[uint32]int64 `json:"rebates"`
}

// Answer is what the basket costs.
type Answer struct {
	TotalCents int64 `json:"total_cents"`
	Reduced    int   `json:"reduced"`
	Unknown    int   `json:"unknown"`
}

// Till prices baskets.
type Till struct {
	list   pricelist.List
	priced atomic.Int64
}

// NewTill returns a till that starts from that list.
func NewTill(list pricelist.List) *Till { return &Till{list: list} }

// ServeHTTP takes a request as JSON.
func (t *Till) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := t.Price(w, r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// Price reads a request and writes the answer.
func (t *Till) Price(w io.Writer, body io.Reader) error {
	var request Request
	if err := json.NewDecoder(body).Decode(&request); err != nil {
		return err
	}
	prices := t.list.With(request.Rebates)
	t.priced.Add(1)
	var answer Answer
	for _, position := range request.Positions {
		price, ok := prices[position.Article]
		if !ok {
			answer.Unknown++
			continue
		}
		answer.TotalCents += price.Cents * position.Pieces
		if price.Reduced {
			answer.Reduced++
		}
	}
	return json.NewEncoder(w).Encode(answer)
}

// Truth describes the customers' own lists: none outlives its request.
func (t *Till) Truth() testbed.Map {
	return testbed.One("pricelist.List, of one request", t.list).
		Sized(len(t.list)).Many(0, 0, len(t.list)).Rebuilt(int(t.priced.Load()))
}
