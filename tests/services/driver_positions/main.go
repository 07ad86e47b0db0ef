// Command svc-dispatch sends the nearest driver. Phones report where they are;
// several times a second a fresh picture of the whole fleet is put up for the
// matcher, at exactly the size it needs.
package main

import (
	"net/http"

	"example.com/svc-dispatch/internal/fleet"
	"example.com/svc-dispatch/internal/match"
	"example.com/svc-dispatch/internal/pings"
	"example.com/testbed"
)

const drivers = 45_000

func main() {
	bed := testbed.Open("svc-dispatch")

	inbox := pings.NewInbox(drivers)
	board := fleet.NewBoard(inbox)
	http.Handle("/nearest", match.Handler(board))
	bed.Tell(func() []testbed.Map { return []testbed.Map{board.Truth()} })

	go inbox.Receive()
	go match.Riders(board, drivers)
	go board.Run(func(pictures int) {
		if pictures == 10 {
			bed.Ready()
		}
	})
	bed.Wait()
}
