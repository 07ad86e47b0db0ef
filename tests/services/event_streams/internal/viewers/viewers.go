// Package viewers is the people who watch.
package viewers

import (
	"io"
	"strconv"
	"time"

	"example.com/svc-streams/internal/stream"
)

const (
	tick    = 25 * time.Millisecond
	ceiling = 25_000 // the machine under the test has to survive it
)

// Hub gives out seats.
type Hub interface {
	Watch(name string, viewer *stream.Stream) bool
}

// Matches names n matches.
func Matches(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = "match-" + strconv.Itoa(i)
	}
	return names
}

// Arrive lets so many viewers a second come, by the clock. They stay for a
// minute and turn their device off without a word.
func Arrive(hub Hub, matches, perSecond int) {
	began := time.Now()
	came := 0
	for now := range time.Tick(tick) {
		due := int(now.Sub(began).Seconds() * float64(perSecond))
		for ; came < due && came < ceiling; came++ {
			hub.Watch("match-"+strconv.Itoa(came*7%matches), stream.Open(io.Discard))
		}
	}
}
