// Command svc-ledger answers balances. It reads all accounts from the core
// bank's export at start, by way of a library that fills maps from rows.
package main

import (
	"log"
	"net/http"

	"example.com/svc-ledger/internal/export"
	"example.com/svc-ledger/internal/ledger"
	"example.com/svc-ledger/internal/statements"
	"example.com/testbed"
)

const accounts = 380_000

func main() {
	bed := testbed.Open("svc-ledger")

	book, err := ledger.Open(export.New(accounts))
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/statements/", statements.Handler(book))
	go statements.Nightly(book, accounts)

	bed.Tell(func() []testbed.Map { return []testbed.Map{book.Truth()} })
	bed.Ready()
	bed.Wait()
}
