// Package postcodes knows the area of every postcode.
package postcodes

import "example.com/testbed"

// Code is a country and a postcode, packed.
type Code uint64

// Area is the box around a postcode, in millionths of a degree.
type Area struct {
	South, West, North, East int32
}

// Entry is a line of the survey.
type Entry struct {
	Code Code
	Area Area
}

// Table does not change after Load.
type Table struct {
	areas map[Code]Area
}

// Load puts a survey into a table made for it.
func Load(survey []Entry) *Table {
	t := &Table{areas: make(map[Code]Area, len(survey))}
	for _, entry := range survey {
		t.areas[entry.Code] = entry.Area
	}
	return t
}

// Find returns the area of a postcode.
func (t *Table) Find(code Code) (Area, bool) {
	area, ok := t.areas[code]
	return area, ok
}

// Survey is n postcodes.
func Survey(n int) []Entry {
	survey := make([]Entry, n)
	for i := range survey {
		south, west := int32(47_000_000+i%8_000*1_000), int32(6_000_000+i/80*4_000)
		survey[i] = Entry{Code(49<<32 | uint64(i*11)), Area{south, west, south + 900, west + 3_800}}
	}
	return survey
}

// Truth describes the table's map.
func (t *Table) Truth() testbed.Map {
	return testbed.One("postcodes.areas", t.areas).Sized(len(t.areas))
}
