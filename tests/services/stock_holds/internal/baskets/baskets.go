// Package baskets is the customers and what they put into their baskets.
package baskets

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/rand"
	"time"

	"example.com/svc-holds/internal/holds"
)

const perTick = 250

// Book is where holds are noted.
type Book interface {
	Put(basket []byte, hold holds.Hold)
}

// Fill makes holds for ever: the first so many in a hurry, as on a day of
// sales, then at an easy pace. It reports how many there have been.
func Fill(book Book, made func(made int), hurry int) {
	rng := rand.New(rand.NewSource(11))
	var raw [12]byte
	basket := make([]byte, hex.EncodedLen(len(raw)))
	var page bytes.Buffer
	for n := 1; ; n++ {
		rng.Read(raw[:])
		hex.Encode(basket, raw[:])
		hold := holds.Hold{Article: uint32(n * 31 % 90_000), Pieces: int32(1 + n%3), Until: time.Now().Unix() + 900}
		book.Put(basket, hold)
		made(n)
		if n > hurry && n%perTick == 0 {
			page.Reset()
			json.NewEncoder(&page).Encode(hold)
			time.Sleep(10 * time.Millisecond)
		}
	}
}
