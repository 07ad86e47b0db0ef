// Command svc-tiles draws map tiles as images. Its styles are looked up by
// layer and then by class.
package main

import (
	"log"
	"net/http"

	"example.com/svc-tiles/internal/raster"
	"example.com/svc-tiles/internal/style"
	"example.com/testbed"
)

func main() {
	bed := testbed.Open("svc-tiles")

	sheet, err := style.Parse(style.Basic)
	if err != nil {
		log.Fatal(err)
	}
	renderer := raster.New(sheet)
	http.Handle("/tiles/", renderer)
	bed.Tell(func() []testbed.Map { return []testbed.Map{sheet.Truth()} })
	go renderer.Traffic(func(tiles int) {
		if tiles == 300 {
			bed.Ready()
		}
	})

	bed.Wait()
}
