// Package settings answers what a setting is.
package settings

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"

	"example.com/confmap"
	"example.com/testbed"
)

// Store holds the settings; it does not change after Open.
type Store struct {
	layers    map[string]map[string]any
	overrides map[string]any
}

// Open reads an export.
func Open(export string) (*Store, error) {
	s := new(Store)
	if err := json.Unmarshal([]byte(export), &s.layers); err != nil { // culprit: growth_storm, first typed_decode
		return nil, fmt.Errorf("settings: %w", err)
	}
	s.overrides = confmap.Layered(s.layers["regions"], s.layers["tenants"]) // also: growth_storm
	return s, nil
}

// ServeHTTP answers /settings/NAME.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	value, ok := s.overrides[name]
	if !ok {
		value, ok = s.layers["defaults"][name]
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	json.NewEncoder(w).Encode(value)
}

// Truth describes the layers as decoded, and what was merged.
func (s *Store) Truth() []testbed.Map {
	return []testbed.Map{
		testbed.One("settings.layers.defaults", s.layers["defaults"]),
		testbed.One("settings.layers.regions", s.layers["regions"]),
		testbed.One("settings.layers.tenants", s.layers["tenants"]),
		testbed.One("settings.overrides", s.overrides),
	}
}
