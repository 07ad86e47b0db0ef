// Command svc-streams pushes scores to those who watch a match. When a viewer
// goes away his goroutine stays behind, with all that it holds.
package main

import (
	"net/http"
	"time"

	"example.com/svc-streams/internal/hub"
	"example.com/svc-streams/internal/viewers"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-streams")

	scores := hub.New(viewers.Matches(64))
	http.Handle("/watching", scores)
	bed.Tell(func() []testbed.Map { return []testbed.Map{scores.Truth()} })

	go scores.Play()
	go viewers.Arrive(scores, 64, 120)
	time.AfterFunc(3*time.Second, bed.Ready)

	bed.Wait()
}
