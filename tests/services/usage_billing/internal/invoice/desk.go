// Package invoice writes invoices.
package invoice

import (
	"bufio"
	"fmt"
	"io"
	"sync"

	"example.com/svc-billing/internal/meter"
	"example.com/testbed"
)

// prices are in cents for each unit, by product.
var prices = [...]int64{0, 12, 7}

// Desk bills batches of readings.
type Desk struct {
	out *bufio.Writer

	mu      sync.Mutex
	batches int
	last    testbed.Map
}

// NewDesk returns a desk that has billed nothing yet.
func NewDesk() *Desk { return &Desk{out: bufio.NewWriter(io.Discard)} }

// Bill writes an invoice for each customer of the batch and returns the number
// of batches so far.
func (d *Desk) Bill(rows []meter.Row) int {
	groups := group(rows)
	large := 0
	for customer, used := range groups {
		if cents := total(used); cents > 3_000 {
			fmt.Fprintf(d.out, "%s;%d;%d\n", customer, len(used), cents)
			large++
		}
	}
	fmt.Fprintf(d.out, "batch;%d;%d\n", len(groups), large)
	d.out.Flush()
	return d.note(groups)
}

func group(rows []meter.Row) map[string][]meter.Row {
	byCustomer := make(map[string][]meter.Row)
	for _, row := range rows {
		byCustomer[row.Customer] = append(byCustomer[row.Customer], row) // culprit: rebuild_churn, first presize
	}
	return byCustomer
}

func total(used []meter.Row) int64 {
	cents := int64(0)
	for _, row := range used {
		cents += row.Units * prices[row.Product]
	}
	return cents
}

func (d *Desk) note(groups map[string][]meter.Row) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.batches++
	d.last = testbed.One("invoice.byCustomer", groups).Rebuilt(d.batches)
	return d.batches
}

// Truth describes the groups of the last batch, which are not held.
func (d *Desk) Truth() testbed.Map {
	d.mu.Lock()
	defer d.mu.Unlock()
	last := d.last
	last.Live, last.Entries = 0, 0
	return last
}
