// Command svc-bench has a heap profile of about as many records as it is told,
// each with a stack some 40 calls deep.
package main

//go:generate go run generate.go

import (
	"flag"
	"runtime"

	"example.com/svc-bench/internal/billing"
	"example.com/svc-bench/internal/carts"
	"example.com/svc-bench/internal/coupons"
	"example.com/svc-bench/internal/gateway"
	"example.com/svc-bench/internal/invoices"
	"example.com/svc-bench/internal/mail"
	"example.com/svc-bench/internal/orders"
	"example.com/svc-bench/internal/parcels"
	"example.com/svc-bench/internal/prices"
	"example.com/svc-bench/internal/refunds"
	"example.com/svc-bench/internal/reviews"
	"example.com/svc-bench/internal/search"
	"example.com/svc-bench/internal/sessions"
	"example.com/svc-bench/internal/stock"
	"example.com/svc-bench/internal/taxes"
	"example.com/svc-bench/internal/trail"
	"example.com/svc-bench/internal/users"
	"example.com/testbed"
)

const depth = 40 // and main, the leaf's runtime frames and goexit

// rate makes most walks a record of their own and still lets the profile be
// served at a normal pace; it has to be set before anything is allocated.
const rate = 4_096

var _ = func() int {
	runtime.MemProfileRate = rate
	return runtime.MemProfileRate
}()

var (
	steps = join(
		billing.Steps,
		carts.Steps,
		coupons.Steps,
		gateway.Steps,
		invoices.Steps,
		mail.Steps,
		orders.Steps,
		parcels.Steps,
		prices.Steps,
		refunds.Steps,
		reviews.Steps,
		search.Steps,
		sessions.Steps,
		stock.Steps,
		taxes.Steps,
		users.Steps,
	)
	leaves = join(
		billing.Leaves,
		carts.Leaves,
		coupons.Leaves,
		gateway.Leaves,
		invoices.Leaves,
		mail.Leaves,
		orders.Leaves,
		parcels.Leaves,
		prices.Leaves,
		refunds.Leaves,
		reviews.Leaves,
		search.Leaves,
		sessions.Leaves,
		stock.Leaves,
		taxes.Leaves,
		users.Leaves,
	)
	kept []any
)

func main() {
	records := flag.Int("records", 5_000, "about how many heap records to have")
	bed := testbed.Open("svc-bench")

	fill(*records)
	bed.Ready()
	bed.Wait()
}

// fill walks until the profile has that many records. A walk makes a record
// now and then, never more than one on average: it cannot go far beyond.
func fill(records int) {
	walks := uint64(0)
	for missing := records - count(); missing > 0; missing = records - count() {
		for end := walks + uint64(missing); walks < end; walks++ {
			made := walk(walks)
			if walks%3 == 0 {
				kept = append(kept, made)
			}
		}
	}
}

func walk(seed uint64) any {
	t := trail.New(seed, depth, steps, leaves)
	return t.Next()(t)
}

// count is the number of records a heap profile would have now; it takes a
// collection or two until the latest allocations are part of the profile.
func count() int {
	runtime.GC()
	runtime.GC()
	n, _ := runtime.MemProfile(nil, true)
	return n
}

func join(parts ...[]trail.Step) []trail.Step {
	var all []trail.Step
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}
