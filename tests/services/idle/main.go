// Command svc-idle has one page to show, and nobody asks for it.
package main

import (
	"bytes"
	"net/http"

	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-idle")

	page := bytes.Repeat([]byte("hello\n"), 1<<20)
	http.HandleFunc("/hello", func(w http.ResponseWriter, _ *http.Request) { w.Write(page) })

	bed.Ready()
	bed.Wait()
}
