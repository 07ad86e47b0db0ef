// Command svc-billing turns meter readings into invoices, one batch after the
// other. Each batch is grouped by customer in a map that lives as long as it.
package main

import (
	"time"

	"example.com/svc-billing/internal/invoice"
	"example.com/svc-billing/internal/meter"
	"example.com/testbed"
)

const every = 300 * time.Millisecond

func main() {
	bed := testbed.Open("svc-billing")

	desk := invoice.NewDesk()
	bed.Tell(func() []testbed.Map { return []testbed.Map{desk.Truth()} })
	go func() {
		readings := meter.Open(36_000)
		for range time.Tick(every) {
			if desk.Bill(readings.Next()) == 6 {
				bed.Ready()
			}
		}
	}()

	bed.Wait()
}
