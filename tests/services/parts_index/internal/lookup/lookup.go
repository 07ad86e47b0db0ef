// Package lookup indexes records by any of their keys.
package lookup

// Index finds records by key; it does not change once it is made.
type Index[K comparable, R any] struct {
	rows map[K]R
}

// By indexes all records of a source by the key that key takes from them. Of
// two records with one key the later stays.
func By[K comparable, R any](source func(yield func(R)), key func(R) K) Index[K, R] {
	rows := make(map[K]R)
	source(func(r R) {
		rows[key(r)] = r // culprit: growth_storm, first presize
	})
	return Index[K, R]{rows}
}

// Find returns the record with that key.
func (x Index[K, R]) Find(key K) (R, bool) {
	r, ok := x.rows[key]
	return r, ok
}

// Len is the number of records.
func (x Index[K, R]) Len() int { return len(x.rows) }

// Rows is the map itself, for those who must look at it whole.
func (x Index[K, R]) Rows() map[K]R { return x.rows }
