// Command svc-sessions knows who is logged in. People come and go all the time,
// and there are always about as many of them.
package main

import (
	"net/http"

	"example.com/svc-sessions/internal/logins"
	"example.com/svc-sessions/internal/sessions"
	"example.com/testbed"
)

const (
	population = 104_000
	turnover   = 12 * population
)

func main() {
	bed := testbed.Open("svc-sessions")

	directory := sessions.New(population)
	http.Handle("/whoami", directory)
	bed.Tell(func() []testbed.Map { return []testbed.Map{directory.Truth()} })
	go logins.Run(directory, population, turnover, bed.Ready)

	bed.Wait()
}
