// Command svc-idle has nothing to do.
package main

import (
	"fmt"
	"net/http"

	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-idle")

	http.HandleFunc("/hello", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "hello") })

	bed.Ready()
	bed.Wait()
}
