// Command svc-rates answers with exchange rates while a feed overwrites them:
// so many look-ups for each update as -reads says.
package main

import (
	"flag"

	"example.com/svc-rates/internal/rates"
	"example.com/testbed"
)

const pairs = 100_000

func main() {
	reads := flag.Int("reads", 10, "look-ups for each update")
	bed := testbed.Open("svc-rates")

	board := rates.NewBoard(pairs)
	bed.Tell(func() []testbed.Map { return []testbed.Map{board.Truth()} })
	go board.Trade(*reads)

	bed.Ready()
	bed.Wait()
}
