// Package quotes gives prices to customers.
package quotes

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"time"
)

// Prices is what a quote needs to know.
type Prices interface {
	Price(instrument int64) (float64, bool)
}

// Handler answers /quotes/INSTRUMENT.
func Handler(prices Prices) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		instrument, err := strconv.ParseInt(path.Base(r.URL.Path), 10, 64)
		if err != nil {
			http.Error(w, "an instrument is a number", http.StatusBadRequest)
			return
		}
		if !write(w, prices, instrument) {
			http.NotFound(w, r)
		}
	})
}

// Traffic asks for quotes as customers would, for ever.
func Traffic(prices Prices) {
	for n := int64(0); ; n++ {
		for i := int64(0); i < 50; i++ {
			write(io.Discard, prices, (n*50+i)%60_000*104_729+17)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func write(w io.Writer, prices Prices, instrument int64) bool {
	price, ok := prices.Price(instrument)
	if ok {
		fmt.Fprintf(w, "%d %.4f EUR\n", instrument, price)
	}
	return ok
}
