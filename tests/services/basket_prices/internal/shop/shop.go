// Package shop is the shop around the till: articles and customers.
package shop

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"time"

	"example.com/svc-basket/internal/basket"
	"example.com/svc-basket/internal/pricelist"
)

// Pricer is the till.
type Pricer interface {
	Price(w io.Writer, body io.Reader) error
}

// Articles lists n articles in 40 groups.
func Articles(n int) []pricelist.Article {
	list := make([]pricelist.Article, n)
	for i := range list {
		price := pricelist.Price{Cents: int64(49 + i*37%20_000), Group: uint32(i % 40), Currency: [3]byte{'E', 'U', 'R'}}
		list[i] = pricelist.Article{ID: id(i), Price: price}
	}
	return list
}

// Customers price their baskets for ever, at the pace of a quiet evening.
func Customers(till Pricer, articles int, done func(priced int)) error {
	for n := 1; ; n++ {
		request := basket.Request{Rebates: map[uint32]int64{uint32(n % 40): 150, uint32(n * 7 % 40): 50}}
		for i := 0; i < 300; i++ {
			request.Positions = append(request.Positions, basket.Position{Article: id((n*300 + i*13) % articles), Pieces: 1})
		}
		body, err := json.Marshal(request)
		if err != nil {
			return err
		}
		if err := till.Price(io.Discard, bytes.NewReader(body)); err != nil {
			return err
		}
		done(n)
		time.Sleep(150 * time.Millisecond)
	}
}

func id(n int) (id pricelist.ID) {
	binary.BigEndian.PutUint64(id[:8], uint64(n)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}
