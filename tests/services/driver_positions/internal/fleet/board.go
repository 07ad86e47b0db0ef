// Package fleet shows where all drivers are.
package fleet

import (
	"sync/atomic"
	"time"

	"example.com/svc-dispatch/internal/pings"
	"example.com/testbed"
)

const every = 150 * time.Millisecond

// Position is where a driver was seen last.
type Position struct {
	Lat, Lon float32
	Unix     int64
}

// Picture is one consistent view of the fleet, by driver.
type Picture map[uint32]Position

// Source is where pings come from.
type Source interface {
	Latest(begin func(pings int), visit func(pings.Ping))
}

// Board shows the latest picture; readers never wait for it.
type Board struct {
	source   Source
	current  atomic.Pointer[Picture]
	pictures atomic.Int64
}

// NewBoard returns a board without drivers.
func NewBoard(source Source) *Board {
	b := &Board{source: source}
	b.current.Store(&Picture{})
	return b
}

// Where returns the position of a driver.
func (b *Board) Where(driver uint32) (Position, bool) {
	p, ok := (*b.current.Load())[driver]
	return p, ok
}

// Run takes a picture at each tick, for ever, and reports the count.
func (b *Board) Run(taken func(pictures int)) {
	for range time.Tick(every) {
		picture := b.take()
		b.current.Store(&picture)
		taken(int(b.pictures.Add(1)))
	}
}

func (b *Board) take() Picture {
	var picture Picture
	b.source.Latest(
		func(drivers int) {
			picture = make(Picture, drivers) // culprit: rebuild_churn, first reuse
		},
		func(ping pings.Ping) {
			picture[ping.Driver] = Position{Lat: ping.Lat, Lon: ping.Lon, Unix: ping.Unix}
		},
	)
	return picture
}

// Truth describes the picture on the board.
func (b *Board) Truth() testbed.Map {
	now := *b.current.Load()
	return testbed.One("fleet.Picture", now).Sized(len(now)).Rebuilt(int(b.pictures.Load()))
}
