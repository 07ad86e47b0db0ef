// Package report makes the trial balance.
package report

import (
	"encoding/json"
	"net/http"
	"sort"
	"sync"
	"time"

	"example.com/svc-reports/internal/ledger"
	"example.com/testbed"
)

const accounts = 12

// Balance is what a report says about one account.
type Balance struct {
	Account  int32 `json:"account"`
	Cents    int64 `json:"cents"`
	Bookings int   `json:"bookings"`
}

// Desk keeps the latest report; it is safe for concurrent use.
type Desk struct {
	journal *ledger.Ledger

	mu     sync.Mutex
	latest map[int32]Balance
	runs   int
}

// NewDesk returns a desk that reports on that journal.
func NewDesk(journal *ledger.Ledger) *Desk { return &Desk{journal: journal} }

// Run makes a report at each tick, for ever, and tells how many there were.
func (d *Desk) Run(made func(runs int)) {
	for range time.Tick(250 * time.Millisecond) {
		report := summarise(collect(d.journal))
		d.mu.Lock()
		d.latest = report
		d.runs++
		runs := d.runs
		d.mu.Unlock()
		made(runs)
	}
}

func collect(journal *ledger.Ledger) []ledger.Booking {
	var rows []ledger.Booking
	journal.Each(func(row ledger.Booking) bool {
		rows = append(rows, row) // culprit: slice_growth, first presize_slice
		return true
	})
	return rows
}

func summarise(rows []ledger.Booking) map[int32]Balance {
	sort.Slice(rows, func(i, j int) bool { return rows[i].Account < rows[j].Account })
	report := make(map[int32]Balance, accounts)
	for _, row := range rows {
		b := report[row.Account]
		b.Account = row.Account
		b.Cents += row.Cents
		b.Bookings++
		report[row.Account] = b
	}
	return report
}

// ServeHTTP answers with the latest report.
func (d *Desk) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	json.NewEncoder(w).Encode(d.latest)
}

// Truth describes the small map of each report.
func (d *Desk) Truth() testbed.Map {
	d.mu.Lock()
	defer d.mu.Unlock()
	return testbed.One("report.latest", d.latest).Sized(accounts).Rebuilt(d.runs)
}
