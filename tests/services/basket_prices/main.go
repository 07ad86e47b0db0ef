// Command svc-basket prices shopping baskets. Every request gets a price list
// of its own, with the customer's discounts already taken off.
package main

import (
	"log"
	"net/http"

	"example.com/svc-basket/internal/basket"
	"example.com/svc-basket/internal/pricelist"
	"example.com/svc-basket/internal/shop"
	"example.com/testbed"
)

const articles = 50_000

func main() {
	bed := testbed.Open("svc-basket")

	list := pricelist.Load(shop.Articles(articles))
	till := basket.NewTill(list)
	http.Handle("/price", till)
	bed.Tell(func() []testbed.Map { return []testbed.Map{till.Truth(), list.Truth()} })

	go func() {
		log.Fatal(shop.Customers(till, articles, func(priced int) {
			if priced == 12 {
				bed.Ready()
			}
		}))
	}()
	bed.Wait()
}
