// Package beats listens to the heartbeats of instances.
package beats

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"example.com/svc-discovery/internal/registry"
)

const (
	every   = 20 * time.Millisecond
	flapsAt = 8 // one beat in so many tells something new
)

// Sink takes what a beat says.
type Sink interface {
	Report(registry.Instance)
}

// Inventory lists n instances, all of them up.
func Inventory(n int) []registry.Instance {
	list := make([]registry.Instance, 0, n)
	for i := 0; i < n; i++ {
		list = append(list, instance(i))
	}
	return list
}

// Listen takes heartbeats for ever and counts those that change something.
func Listen(sink Sink, instances int, changed func(changes int)) {
	changes := 0
	packet := make([]byte, 0, 256)
	for n := 1; ; n++ {
		beating := n * 17 % instances
		packet = fmt.Appendf(packet[:0], "%d up", beating)
		if n%flapsAt == 0 {
			packet = fmt.Appendf(packet[:0], "%d down", beating)
		}
		if report(sink, packet) {
			changes++
			changed(changes)
		}
		time.Sleep(every)
	}
}

func report(sink Sink, packet []byte) (down bool) {
	number, state, _ := bytes.Cut(packet, []byte(" "))
	n, err := strconv.Atoi(string(number))
	if err != nil {
		return false
	}
	said := instance(n)
	if down = string(state) == "down"; down {
		said.Healthy = false
		said.Seen = time.Now().UnixNano()
	}
	sink.Report(said)
	return down
}

func instance(n int) registry.Instance {
	host := "10." + strconv.Itoa(n>>14&255) + "." + strconv.Itoa(n>>6&255) + "." + strconv.Itoa(n&63)
	return registry.Instance{
		ID:       "svc-" + strconv.Itoa(n%900) + "/" + strconv.FormatInt(int64(n)*2_654_435_761, 36),
		Endpoint: registry.Endpoint{Host: host, Port: uint16(8000 + n%1000), Healthy: true},
	}
}
