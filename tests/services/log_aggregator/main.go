// Command svc-logs collects log lines, sorts them by time and packs them into
// segments. It remembers the streams that were active most recently.
package main

import (
	"time"

	"example.com/svc-logs/internal/collect"
	"example.com/svc-logs/internal/recent"
	"example.com/testbed"
)

const every = 120 * time.Millisecond

func main() {
	bed := testbed.Open("svc-logs")

	streams := recent.New(24_000)
	bed.Tell(func() []testbed.Map { return []testbed.Map{streams.Truth()} })
	collector := collect.New(streams)
	go func() {
		collector.WarmUp(1_000_000)
		for range time.Tick(every) {
			if collector.Segment() == 30 {
				bed.Ready()
			}
		}
	}()

	bed.Wait()
}
