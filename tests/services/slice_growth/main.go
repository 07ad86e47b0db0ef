// Command svc-reports adds up the ledger. Each run collects its rows into a
// slice that starts empty and grows to some hundred thousand.
package main

import (
	"net/http"

	"example.com/svc-reports/internal/ledger"
	"example.com/svc-reports/internal/report"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-reports")

	desk := report.NewDesk(ledger.New(200_000))
	http.Handle("/report", desk)
	bed.Tell(func() []testbed.Map { return []testbed.Map{desk.Truth()} })
	go desk.Run(func(runs int) {
		if runs == 8 {
			bed.Ready()
		}
	})

	bed.Wait()
}
