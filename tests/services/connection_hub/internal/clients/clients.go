// Package clients stands for the browsers.
package clients

import (
	"fmt"
	"time"

	"example.com/svc-push/internal/hub"
)

const rooms = 500

var topics = func() []string {
	all := make([]string, rooms)
	for i := range all {
		all[i] = fmt.Sprintf("room/%03d", i)
	}
	return all
}()

// Connect opens n connections.
func Connect(h *hub.Hub, n int) {
	for seat := 0; seat < n; seat++ {
		open(h, seat, seat)
	}
}

// Roam lets some browsers of n go and others come, for ever.
func Roam(h *hub.Hub, n int) {
	for i := n; ; i++ {
		open(h, i*7_919%n, i)
		time.Sleep(20 * time.Millisecond)
	}
}

// Chatter sends messages, for ever.
func Chatter(h *hub.Hub) {
	const parts = 40
	for i := 0; ; i++ {
		text := fmt.Sprintf("message %d of somebody to everybody in the room", i)
		if _, err := h.Publish(topics[i*13%rooms], text, i%parts, parts); err != nil {
			panic(err)
		}
		time.Sleep(4 * time.Millisecond)
	}
}

// open subscribes a browser to the lobby and to four rooms.
func open(h *hub.Hub, seat, browser int) {
	remote := fmt.Sprintf("198.51.%d.%d:%d", browser>>8&0xff, browser&0xff, 20_000+browser%40_000)
	wanted := [...]string{
		topics[0], topics[1+browser%99], topics[100+browser*3%100], topics[200+browser*7%100], topics[300+browser%200],
	}
	h.Open(seat, remote, wanted[:])
}
