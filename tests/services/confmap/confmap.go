// Package confmap layers configuration trees. It stands for a third-party
// library: profiles show its files below example.com/confmap@v0.0.0.
package confmap

import "maps"

// Layered returns one tree with all keys of the layers; later layers win.
func Layered(layers ...map[string]any) map[string]any {
	merged := make(map[string]any)
	for _, layer := range layers {
		maps.Copy(merged, layer) // site: growth_storm
	}
	return merged
}
