// Command svc-render renders invoices and keeps the latest of them. Its memory
// is bytes; its maps are small, sized and short-lived.
package main

import (
	"net/http"

	"example.com/svc-render/internal/archive"
	"example.com/svc-render/internal/render"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-render")

	shelf := archive.New(400)
	http.Handle("/invoices/", shelf)
	bed.Tell(func() []testbed.Map { return []testbed.Map{render.Truth()} })
	go render.Run(shelf, func(rendered int) {
		if rendered == 600 {
			bed.Ready()
		}
	})

	bed.Wait()
}
