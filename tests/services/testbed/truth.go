package testbed

import (
	"reflect"
	"unsafe"
)

// Map is the truth about one map, or about many maps made at one place.
type Map struct {
	Name       string `json:"name"`
	Key        string `json:"key"`
	Value      string `json:"value"`
	KeyBytes   int    `json:"key_bytes"`
	ValueBytes int    `json:"value_bytes"`
	SlotBytes  int    `json:"slot_bytes"` // of struct{K; V}, with its padding
	Hint       int    `json:"hint"`       // second argument of make, 0 if there was none
	Entries    int    `json:"entries"`    // len(m), over all live maps
	Largest    int    `json:"largest"`    // len of the largest live map
	Live       int    `json:"live"`       // maps held now
	Builds     int    `json:"builds"`     // maps made since the start
}

// One describes a map that was made once and is held.
func One[K comparable, V any](name string, m map[K]V) Map {
	var slot struct {
		key   K
		value V
	}
	return Map{
		Name:       name,
		Key:        reflect.TypeOf(&slot.key).Elem().String(),
		Value:      reflect.TypeOf(&slot.value).Elem().String(),
		KeyBytes:   int(unsafe.Sizeof(slot.key)),
		ValueBytes: int(unsafe.Sizeof(slot.value)),
		SlotBytes:  int(unsafe.Sizeof(slot)),
		Entries:    len(m),
		Largest:    len(m),
		Live:       1,
		Builds:     1,
	}
}

// Sized adds the capacity the map was made with.
func (m Map) Sized(hint int) Map {
	m.Hint = hint
	return m
}

// Rebuilt says how often a map like this one has been made so far.
func (m Map) Rebuilt(builds int) Map {
	m.Builds = builds
	return m
}

// Many describes all maps made at one place: how many live, and their entries.
func (m Map) Many(live, entries, largest int) Map {
	m.Live, m.Builds, m.Entries, m.Largest = live, live, entries, largest
	return m
}
