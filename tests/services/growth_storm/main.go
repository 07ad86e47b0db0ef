// Command svc-orders prices orders against a product catalog that it reads at
// start. The catalog is loaded into a map nobody gave a size.
package main

import (
	"log"
	"net/http"

	"example.com/svc-orders/internal/catalog"
	"example.com/svc-orders/internal/feed"
	"example.com/svc-orders/internal/orders"
	"example.com/testbed"
)

const products = 600_000

func main() {
	bed := testbed.Open("svc-orders")

	shelf, err := catalog.Load(feed.New(products))
	if err != nil {
		log.Fatal(err)
	}
	desk := orders.NewDesk(shelf)
	http.HandleFunc("/orders/quote", desk.ServeQuote)
	go desk.Replay()

	bed.Tell(func() []testbed.Map { return []testbed.Map{shelf.Truth()} })
	bed.Ready()
	bed.Wait()
}
