// Command svc-profiles keeps the attributes of every customer, each customer
// in a map of its own.
package main

import (
	"net/http"

	"example.com/svc-profiles/internal/profiles"
	"example.com/testbed"
)

const customers = 150_000

func main() {
	bed := testbed.Open("svc-profiles")

	book := profiles.NewBook(customers)
	http.Handle("/customers/", book)
	bed.Tell(func() []testbed.Map { return []testbed.Map{book.Truth()} })

	bed.Ready()
	bed.Wait()
}
