// Package catalog holds every product the shop sells, by SKU.
package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"

	"example.com/testbed"
)

// Product is one line of the nightly export.
type Product struct {
	SKU        string
	Name       string
	PriceCents int64
	Stock      int32
}

// Catalog is safe for concurrent use.
type Catalog struct {
	mu    sync.RWMutex
	bySKU map[string]*Product
}

// Source is where products are read from; io.EOF ends it.
type Source interface {
	Line() ([]byte, error)
}

// Load reads the whole source.
func Load(src Source) (*Catalog, error) {
	c := &Catalog{bySKU: make(map[string]*Product)}
	for {
		line, err := src.Line()
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return nil, err
		}
		product, err := parse(line)
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		c.put(product)
	}
}

// Find returns the product with that SKU.
func (c *Catalog) Find(sku string) (*Product, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p, ok := c.bySKU[sku]
	return p, ok
}

func (c *Catalog) put(p *Product) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bySKU[p.SKU] = p // culprit: growth_storm, first presize
}

func parse(line []byte) (*Product, error) {
	sku, rest, _ := bytes.Cut(line, []byte(","))
	name, rest, _ := bytes.Cut(rest, []byte(","))
	price, stock, found := bytes.Cut(rest, []byte(","))
	if !found {
		return nil, fmt.Errorf("short line %q", line)
	}
	cents, err := strconv.ParseInt(string(price), 10, 64)
	if err != nil {
		return nil, err
	}
	pieces, err := strconv.ParseInt(string(stock), 10, 32)
	if err != nil {
		return nil, err
	}
	return &Product{SKU: string(sku), Name: string(name), PriceCents: cents, Stock: int32(pieces)}, nil
}

// Truth describes the catalog's map.
func (c *Catalog) Truth() testbed.Map {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return testbed.One("catalog.bySKU", c.bySKU)
}
