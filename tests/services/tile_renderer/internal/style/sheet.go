// Package style says how things on a map look.
package style

import (
	"fmt"
	"strings"

	"example.com/testbed"
)

// Basic is the style of the public map: "layer class RRGGBB".
const Basic = `
water sea 9CC0D9
water lake A8CBE2
water river A8CBE2
road motorway E0915A
road primary F2C879
road street FFFFFF
road path D6CBB8
land forest B7D0A0
land field E9E4C6
land park C4DFB0
building house D9CFC4
building public CFC0B5
label city 333333
label village 555555
`

// Colour is red, green and blue.
type Colour [3]byte

// Sheet is a style sheet: colours by layer and class.
type Sheet struct {
	layers map[string]map[string]Colour
}

// Parse reads a style sheet.
func Parse(text string) (*Sheet, error) {
	sheet := &Sheet{layers: make(map[string]map[string]Colour)}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		var layer, class string
		var rgb uint32
		if _, err := fmt.Sscanf(line, "%s %s %x", &layer, &class, &rgb); err != nil {
			return nil, fmt.Errorf("style: %q: %w", line, err)
		}
		sheet.set(layer, class, Colour{byte(rgb >> 16), byte(rgb >> 8), byte(rgb)})
	}
	return sheet, nil
}

func (s *Sheet) set(layer, class string, colour Colour) {
	if s.layers[layer] == nil {
		s.layers[layer] = make(map[string]Colour)
	}
	s.layers[layer][class] = colour
}

// With returns the sheet with one colour changed, for a tile of its own.
func (s *Sheet) With(layer, class string, colour Colour) *Sheet {
	own := &Sheet{layers: make(map[string]map[string]Colour, len(s.layers))}
	for name, classes := range s.layers {
		for each, c := range classes {
			own.set(name, each, c)
		}
	}
	own.set(layer, class, colour)
	return own
}

// Colour returns how a class of a layer looks.
func (s *Sheet) Colour(layer, class string) (Colour, bool) {
	colour, ok := s.layers[layer][class]
	return colour, ok
}

// Truth describes the maps by class.
func (s *Sheet) Truth() testbed.Map {
	entries, largest := 0, 0
	for _, classes := range s.layers {
		entries += len(classes)
		largest = max(largest, len(classes))
	}
	return testbed.One("style.layers[]", s.layers["water"]).Many(len(s.layers), entries, largest)
}
