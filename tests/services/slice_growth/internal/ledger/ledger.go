// Package ledger reads bookings.
package ledger

// Booking is one row of the ledger.
type Booking struct {
	Account int32
	Day     int32
	Cents   int64
	Balance int64
}

// Ledger is a journal of bookings.
type Ledger struct{ rows int }

// New returns a ledger of n rows.
func New(n int) *Ledger { return &Ledger{rows: n} }

// Each calls yield for every booking, until it returns false.
func (l *Ledger) Each(yield func(Booking) bool) {
	var balance int64
	for i := 0; i < l.rows; i++ {
		cents := int64(i*7_919%100_000) - 40_000
		balance += cents
		if !yield(Booking{Account: int32(i % 12), Day: int32(i / 600), Cents: cents, Balance: balance}) {
			return
		}
	}
}
