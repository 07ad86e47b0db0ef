// Package meter reads what customers used since the last time.
package meter

import (
	"fmt"
	"math/rand"
)

// Row is one reading.
type Row struct {
	Customer string
	Product  uint32
	Units    int64
}

// Readings come in batches, customers in no particular order.
type Readings struct {
	customers []string
	rng       *rand.Rand
}

// Open returns the readings of n customers.
func Open(n int) *Readings {
	r := &Readings{customers: make([]string, n), rng: rand.New(rand.NewSource(int64(n)))}
	for i := range r.customers {
		r.customers[i] = fmt.Sprintf("C%08d", i*2_713)
	}
	return r
}

// Next returns the next batch: two readings of every customer.
func (r *Readings) Next() []Row {
	batch := make([]Row, 0, 2*len(r.customers))
	for product := uint32(1); product <= 2; product++ {
		from := r.rng.Intn(len(r.customers))
		for i := range r.customers {
			customer := r.customers[(from+i)%len(r.customers)]
			batch = append(batch, Row{Customer: customer, Product: product, Units: r.rng.Int63n(900)})
		}
	}
	return batch
}
