// Package raster draws tiles.
package raster

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"sync"
	"time"

	"example.com/svc-tiles/internal/style"
)

const (
	edge = 256
	kept = 180 // tiles in memory
)

var classes = [...][2]string{
	{"land", "field"}, {"land", "forest"}, {"water", "lake"}, {"road", "street"}, {"building", "house"},
}

// tile is drawn, and encoded if somebody asked for it.
type tile struct {
	x, y   int
	pixels *image.RGBA
	png    []byte
}

// Renderer draws tiles and keeps the latest.
type Renderer struct {
	sheet *style.Sheet

	mu   sync.Mutex
	ring [kept]tile
	next int
}

// New returns a renderer with that style.
func New(sheet *style.Sheet) *Renderer { return &Renderer{sheet: sheet} }

// ServeHTTP answers /tiles/X/Y with a PNG image.
func (r *Renderer) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var x, y int
	if _, err := fmt.Sscanf(req.URL.Path, "/tiles/%d/%d", &x, &y); err != nil {
		http.Error(w, "want /tiles/X/Y", http.StatusBadRequest)
		return
	}
	t := tile{x: x, y: y, pixels: draw(r.sheet, x, y)}
	if err := t.encode(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(t.png)
}

// Traffic draws the tiles that somebody who moves over the map sees, for ever;
// night is drawn in darker colours. It reports how many it has drawn.
func (r *Renderer) Traffic(drawn func(tiles int)) {
	for n := 1; ; n++ {
		sheet := r.sheet
		if n%4 == 0 {
			sheet = sheet.With("land", "field", style.Colour{40, 44, 52})
		}
		t := tile{x: n, y: n / 16, pixels: draw(sheet, n, n/16)}
		if n%8 == 0 {
			if err := t.encode(); err != nil {
				panic(err)
			}
		}
		r.keep(t)
		drawn(n)
		if n > 300 {
			time.Sleep(40 * time.Millisecond)
		}
	}
}

func (r *Renderer) keep(t tile) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ring[r.next%kept] = t
	r.next++
}

func (t *tile) encode() error {
	var out bytes.Buffer
	if err := png.Encode(&out, t.pixels); err != nil {
		return err
	}
	t.png = out.Bytes()
	return nil
}

func draw(sheet *style.Sheet, x, y int) *image.RGBA {
	pixels := image.NewRGBA(image.Rect(0, 0, edge, edge))
	for row := 0; row < edge; row++ {
		class := classes[(x+(y+row)/24)%len(classes)]
		c, _ := sheet.Colour(class[0], class[1])
		for column := 0; column < edge; column++ {
			shade := byte((column ^ row) & 7)
			pixels.SetRGBA(column, row, color.RGBA{R: c[0] - shade, G: c[1] - shade, B: c[2] - shade, A: 255})
		}
	}
	return pixels
}
