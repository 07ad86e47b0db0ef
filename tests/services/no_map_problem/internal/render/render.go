// Package render makes invoices as JSON documents.
package render

import (
	"bytes"
	"encoding/json"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"example.com/testbed"
)

const (
	positions = 1_500
	taxRates  = 3
)

// Keeper takes finished documents.
type Keeper interface {
	Keep(document []byte) int
}

type position struct {
	Article string `json:"article"`
	Text    string `json:"text"`
	Cents   int64  `json:"cents"`
	Tax     string `json:"tax"`
}

type invoice struct {
	Number    int              `json:"number"`
	Positions []position       `json:"positions"`
	TaxTotals map[string]int64 `json:"tax_totals"`
}

var (
	buffers  = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	articles = [...]string{"A4 paper, 500 sheets", "Printer cartridge, black", "Desk lamp", "Notebook, ruled"}
	rates    = [taxRates]string{"0%", "7%", "19%"}
	rendered atomic.Int64
)

// Run renders invoices for ever, in bursts as a billing run does.
func Run(shelf Keeper, kept func(rendered int)) {
	for number := 1; ; number++ {
		kept(render(number, shelf))
		rendered.Add(1)
		if number > 600 || number%50 == 0 {
			time.Sleep(20 * time.Millisecond)
		}
	}
}

func render(number int, shelf Keeper) int {
	buffer := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buffer)
	buffer.Reset()

	if err := json.NewEncoder(buffer).Encode(compose(number)); err != nil {
		panic(err) // an invoice is plain data
	}
	return shelf.Keep(buffer.Bytes())
}

func compose(number int) invoice {
	inv := invoice{
		Number:    number,
		Positions: make([]position, 0, positions),
		TaxTotals: make(map[string]int64, taxRates),
	}
	for i := 0; i < positions; i++ {
		p := position{
			Article: "ART-" + strconv.Itoa((number*positions+i)%90_000),
			Text:    articles[i%len(articles)],
			Cents:   int64(100 + (number*i)%20_000),
			Tax:     rates[i%len(rates)],
		}
		inv.Positions = append(inv.Positions, p)
		inv.TaxTotals[p.Tax] += p.Cents
	}
	return inv
}

// Truth describes the tax totals of all invoices rendered so far: none is kept.
func Truth() testbed.Map {
	return testbed.One("render.invoice.TaxTotals", map[string]int64{}).
		Sized(taxRates).Many(0, 0, taxRates).Rebuilt(int(rendered.Load()))
}
