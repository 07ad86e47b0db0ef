// Command svc-settings serves the settings of all tenants from one large JSON
// document. Its maps grow inside libraries: encoding/json and confmap.
package main

import (
	"log"
	"net/http"

	"example.com/svc-settings/internal/settings"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-settings")

	store, err := settings.Open(settings.Export(350_000))
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/settings/", store)
	bed.Tell(store.Truth)

	bed.Ready()
	bed.Wait()
}
