// Command svc-holds keeps articles for those who have them in a basket. A hold
// runs out after a while, so there is always about the same number of them.
package main

import (
	"net/http"

	"example.com/svc-holds/internal/baskets"
	"example.com/svc-holds/internal/holds"
	"example.com/testbed"
)

const (
	held     = 80_000
	turnover = 20 * held
)

func main() {
	bed := testbed.Open("svc-holds")

	book := holds.New(held)
	http.Handle("/holds/", book)
	bed.Tell(func() []testbed.Map { return []testbed.Map{book.Truth()} })
	go baskets.Fill(book, func(made int) {
		if made == turnover {
			bed.Ready()
		}
	}, turnover)

	bed.Wait()
}
