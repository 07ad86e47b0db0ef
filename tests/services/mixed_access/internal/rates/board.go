// Package rates keeps the latest rate of every pair of currencies.
package rates

import (
	"sync"
	"time"

	"example.com/testbed"
)

// cpu

// Board is safe for concurrent use.
type Board struct {
	mu     sync.RWMutex
	size   int
	latest map[int64]float64
}

// NewBoard returns a board with a rate for every pair.
func NewBoard(pairs int) *Board {
	b := &Board{size: pairs, latest: make(map[int64]float64, pairs)}
	for pair := 0; pair < pairs; pair++ {
		b.Quote(int64(pair), 1)
	}
	return b
}

// Rate returns the latest rate of a pair.
func (b *Board) Rate(pair int64) (float64, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	rate, ok := b.latest[pair]
	return rate, ok
}

// Quote replaces the rate of a pair.
func (b *Board) Quote(pair int64, rate float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.latest[pair] = rate
}

// Trade looks rates up and updates them for ever, on half a core, with that
// many look-ups for each update.
func (b *Board) Trade(reads int) {
	pair, until := uint64(1), time.Now()
	for {
		for i := 0; i < 1000; i++ {
			rate := 0.0
			for n := 0; n < reads; n++ {
				pair = pair*6364136223846793005 + 1442695040888963407
				found, _ := b.Rate(int64(pair >> 33 % uint64(b.size)))
				rate += found
			}
			pair = pair*6364136223846793005 + 1442695040888963407
			b.Quote(int64(pair>>33%uint64(b.size)), rate/float64(reads+1))
		}
		busy := time.Since(until)
		time.Sleep(min(busy, 20*time.Millisecond))
		until = time.Now()
	}
}

// Truth describes the map of rates.
func (b *Board) Truth() testbed.Map {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return testbed.One("rates.latest", b.latest).Sized(b.size)
}
