// Command svc-bench has a heap profile of about as many records as it is told,
// each with a stack some 30 calls deep.
package main

//go:generate go run generate.go

import (
	"flag"
	"runtime"

	"example.com/svc-bench/internal/billing"
	"example.com/svc-bench/internal/gateway"
	"example.com/svc-bench/internal/mail"
	"example.com/svc-bench/internal/orders"
	"example.com/svc-bench/internal/search"
	"example.com/svc-bench/internal/stock"
	"example.com/svc-bench/internal/trail"
	"example.com/testbed"
)

const depth = 27 // and main, the leaf's runtime frames and goexit

// rate makes most walks a record of their own and still lets the profile be
// served at a normal pace; it has to be set before anything is allocated.
const rate = 4_096

var _ = func() int {
	runtime.MemProfileRate = rate
	return runtime.MemProfileRate
}()

var (
	steps  = join(billing.Steps, gateway.Steps, mail.Steps, orders.Steps, search.Steps, stock.Steps)
	leaves = join(billing.Leaves, gateway.Leaves, mail.Leaves, orders.Leaves, search.Leaves, stock.Leaves)
	kept   []any
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
