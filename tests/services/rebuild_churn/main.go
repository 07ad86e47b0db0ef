// Command svc-pricing answers with the current tariff. A refresher builds the
// whole price table anew several times a second and swaps it in.
package main

import (
	"net/http"

	"example.com/svc-pricing/internal/quotes"
	"example.com/svc-pricing/internal/tariff"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-pricing")

	board := tariff.NewBoard()
	bed.Tell(func() []testbed.Map { return []testbed.Map{board.Truth()} })
	go board.Refresh(func(builds int) {
		if builds == 8 {
			bed.Ready()
		}
	})
	http.Handle("/quotes/", quotes.Handler(board))
	go quotes.Traffic(board)

	bed.Wait()
}
