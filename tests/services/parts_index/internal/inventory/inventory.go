// Package inventory knows every part and the shelf it lies on.
package inventory

import (
	"strconv"

	"example.com/svc-parts/internal/lookup"
	"example.com/testbed"
)

// Number is the maker's number of a part, Barcode what a scanner reads.
type (
	Number  uint64
	Barcode uint64
)

// Part is one kind of part on one shelf.
type Part struct {
	Number  Number
	Barcode Barcode
	Pieces  int32
	Shelf   int32
}

// Inventory is complete after Open and does not change.
type Inventory struct {
	numbers  lookup.Index[Number, Part]
	barcodes lookup.Index[Barcode, Part]
	labels   []string
}

// Open indexes the parts of the last count.
func Open(count []Part) *Inventory {
	all := func(yield func(Part)) {
		for _, part := range count {
			yield(part)
		}
	}
	labelled := func(yield func(Part)) {
		for _, part := range count {
			if part.Barcode != 0 {
				yield(part)
			}
		}
	}
	inv := &Inventory{labels: shelves(8_000)}
	inv.numbers = lookup.By(all, func(p Part) Number { return p.Number })
	inv.barcodes = lookup.By(labelled, func(p Part) Barcode { return p.Barcode })
	return inv
}

// ByNumber returns a part and the label of its shelf.
func (inv *Inventory) ByNumber(number Number) (Part, string, bool) {
	part, ok := inv.numbers.Find(number)
	return part, inv.labels[part.Shelf], ok
}

// ByBarcode does the same for what a scanner has read.
func (inv *Inventory) ByBarcode(barcode Barcode) (Part, string, bool) {
	part, ok := inv.barcodes.Find(barcode)
	return part, inv.labels[part.Shelf], ok
}

// Count is the result of the yearly stock count: n different parts, one in
// four of them with a barcode.
func Count(n int) []Part {
	count := make([]Part, n)
	for i := range count {
		count[i] = Part{Number: Number(100_000_000 + i*7), Pieces: int32(i % 450), Shelf: int32(i % 8_000)}
		if i%4 == 0 {
			count[i].Barcode = Barcode(4_000_000_000_000 + i*9_973)
		}
	}
	return count
}

func shelves(n int) []string {
	labels := make([]string, n)
	for i := range labels {
		labels[i] = "aisle " + strconv.Itoa(i/80) + ", shelf " + strconv.Itoa(i%80)
	}
	return labels
}

// Truth describes both indexes: they are made at one line.
func (inv *Inventory) Truth() testbed.Map {
	numbers, barcodes := inv.numbers.Len(), inv.barcodes.Len()
	one := testbed.One("inventory.numbers and barcodes", inv.numbers.Rows())
	return one.Many(2, numbers+barcodes, max(numbers, barcodes))
}
