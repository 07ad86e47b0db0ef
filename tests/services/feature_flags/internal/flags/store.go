// Package flags knows all feature flags.
package flags

import (
	"fmt"
	"maps"
	"sync"

	"example.com/testbed"
)

// Flag is the state of one feature.
type Flag struct {
	On      bool
	Variant uint8
	Percent uint16
	Changed uint32 // days since 1970
}

// Override is what a tenant wants to be different.
type Override struct {
	Name string
	On   bool
}

// Store is safe for concurrent use.
type Store struct {
	mu     sync.RWMutex
	flags  map[string]Flag
	copies int
}

// NewStore returns a store of these flags.
func NewStore(all map[string]Flag) *Store { return &Store{flags: all} }

// Defined stands for the flags of the whole company, n of them.
func Defined(n int) map[string]Flag {
	all := make(map[string]Flag, n)
	for i := 0; i < n; i++ {
		flag := Flag{On: i%3 == 0, Variant: uint8(i % 4), Percent: uint16(i % 101), Changed: 19_000 + uint32(i%800)}
		all[Name(i)] = flag
	}
	return all
}

// Name is the name of the i-th flag.
func Name(i int) string { return fmt.Sprintf("team-%02d/feature-%05d", i%37, i) }

// With returns all flags as they are with those overrides.
func (s *Store) With(overrides []Override) map[string]Flag {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := maps.Clone(s.flags) // culprit: clone_storm, first avoid_hot_update
	for _, override := range overrides {
		flag := own[override.Name]
		flag.On = override.On
		own[override.Name] = flag
	}
	s.copies++
	return own
}

// Set changes one flag for all tenants.
func (s *Store) Set(name string, flag Flag) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flags[name] = flag
}

// Truth describes the copies, of which none is held, and the flags.
func (s *Store) Truth() []testbed.Map {
	s.mu.RLock()
	defer s.mu.RUnlock()
	own := testbed.One("flags.own", s.flags).Many(0, 0, len(s.flags)).Rebuilt(s.copies)
	return []testbed.Map{own, testbed.One("flags.Store.flags", s.flags).Sized(len(s.flags))}
}
