// Package geo knows every cell of the grid.
package geo

import "example.com/testbed"

// Cell is one square of the grid.
type Cell struct {
	Lat    float32
	Lon    float32
	Region uint32
}

// Index finds cells by number; it does not change after NewIndex.
type Index struct {
	cells map[int32]Cell
	size  int
}

// NewIndex lays out a grid of n cells.
func NewIndex(n int) *Index {
	index := &Index{size: n, cells: make(map[int32]Cell, n)} // culprit: large_map_retained, first recreate
	for i := 0; i < n; i++ {
		index.cells[Number(i)] = Cell{
			Lat:    -90 + 180*float32(i%900)/900,
			Lon:    -180 + 360*float32(i/900)/900,
			Region: uint32(i / 4_096),
		}
	}
	return index
}

// Number is the number of the i-th cell; they are spread over the whole range.
func Number(i int) int32 { return int32(uint32(i) * 2_654_435_761) }

// Len is the number of cells.
func (x *Index) Len() int { return len(x.cells) }

// Cell returns the cell with that number.
func (x *Index) Cell(number int32) (Cell, bool) {
	cell, ok := x.cells[number]
	return cell, ok
}

// Truth describes the index.
func (x *Index) Truth() testbed.Map { return testbed.One("geo.cells", x.cells).Sized(x.size) }
