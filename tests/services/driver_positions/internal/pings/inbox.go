// Package pings receives what drivers' phones report.
package pings

import (
	"bytes"
	"encoding/binary"
	"sync"
	"time"
)

// Ping is the latest word of one phone.
type Ping struct {
	Driver   uint32
	Lat, Lon float32
	Unix     int64
}

// Inbox holds the latest ping of every phone; it is safe for concurrent use.
type Inbox struct {
	mu     sync.Mutex
	latest []Ping
}

// NewInbox returns an inbox for that many phones.
func NewInbox(phones int) *Inbox {
	in := &Inbox{latest: make([]Ping, phones)}
	for i := range in.latest {
		in.latest[i] = Ping{Driver: uint32(70_000 + i*3), Lat: 52.3 + float32(i%400)/1000, Lon: 13.1}
	}
	return in
}

// Receive takes in packets for ever: every one carries the pings of one cell.
func (in *Inbox) Receive() {
	for n := 0; ; n++ {
		packet := make([]byte, 0, 4096)
		for i := 0; i < 250; i++ {
			packet = binary.LittleEndian.AppendUint32(packet, uint32((n*250+i)%len(in.latest)))
			packet = binary.LittleEndian.AppendUint32(packet, uint32(n))
		}
		in.apply(bytes.NewReader(packet))
		time.Sleep(10 * time.Millisecond)
	}
}

func (in *Inbox) apply(packet *bytes.Reader) {
	in.mu.Lock()
	defer in.mu.Unlock()
	var word [8]byte
	for {
		if _, err := packet.Read(word[:]); err != nil {
			return
		}
		ping := &in.latest[binary.LittleEndian.Uint32(word[:4])]
		ping.Lon = 13.1 + float32(binary.LittleEndian.Uint32(word[4:])%5_000)/10_000
		ping.Unix = time.Now().Unix()
	}
}

// Latest hands every ping to visit, and says first how many there are.
func (in *Inbox) Latest(begin func(pings int), visit func(Ping)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	begin(len(in.latest))
	for _, ping := range in.latest {
		visit(ping)
	}
}
