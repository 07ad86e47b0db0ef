// Package intake receives events and hands on the new ones.
package intake

import (
	"encoding/hex"
	"math/rand"
	"time"
)

const (
	tick    = 20 * time.Millisecond
	ceiling = 5_000_000 // the machine under the test has to survive it
)

// Filter says whether an event was seen before.
type Filter interface {
	Seen(id string, at time.Time) bool
}

// Run takes in new events at that rate by the clock, however late a tick
// comes, and one repetition in ten.
func Run(filter Filter, perSecond int) {
	events := rand.New(rand.NewSource(1))
	began := time.Now()
	var recent string
	fresh := 0
	for now := range time.Tick(tick) {
		due := int(now.Sub(began).Seconds() * float64(perSecond))
		for ; fresh < due && fresh < ceiling; fresh++ {
			recent = eventID(events)
			filter.Seen(recent, now)
			if fresh%10 == 0 {
				filter.Seen(recent, now)
			}
		}
	}
}

func eventID(events *rand.Rand) string {
	var raw [12]byte
	events.Read(raw[:])
	return hex.EncodeToString(raw[:])
}
