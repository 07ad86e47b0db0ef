// Package tariff keeps the price of every instrument up to date.
package tariff

import (
	"math"
	"sync/atomic"
	"time"

	"example.com/testbed"
)

const (
	instruments = 60_000
	every       = 200 * time.Millisecond
)

// Table is one consistent set of prices, by instrument.
type Table map[int64]float64

// Board shows the latest table; readers never wait for the refresher.
type Board struct {
	current atomic.Pointer[Table]
	builds  atomic.Int64
}

// NewBoard returns a board without prices.
func NewBoard() *Board {
	b := new(Board)
	b.current.Store(&Table{})
	return b
}

// Price returns the latest price of an instrument.
func (b *Board) Price(instrument int64) (float64, bool) {
	price, ok := (*b.current.Load())[instrument]
	return price, ok
}

// Refresh builds a new table at each tick, for ever, and reports the count.
func (b *Board) Refresh(built func(builds int)) {
	for tick := range time.Tick(every) {
		table := build(tick)
		b.current.Store(&table)
		built(int(b.builds.Add(1)))
	}
}

func build(now time.Time) Table {
	drift := math.Sin(float64(now.UnixMilli()) / 60_000)
	table := Table{}
	for i := int64(0); i < instruments; i++ {
		instrument := i*104_729 + 17
		table[instrument] = base(instrument) * (1 + 0.02*drift) // culprit: rebuild_churn, first presize
	}
	return table
}

func base(instrument int64) float64 {
	return 5 + float64(instrument%9_973)/100
}

// Truth describes the table on the board.
func (b *Board) Truth() testbed.Map {
	return testbed.One("tariff.Table", *b.current.Load()).Rebuilt(int(b.builds.Load()))
}
