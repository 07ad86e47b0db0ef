// Package holds knows which articles are kept for whom.
package holds

import (
	"encoding/json"
	"net/http"
	"path"
	"strings"
	"sync"

	"example.com/testbed"
)

// Hold is a number of pieces of one article, for one basket.
type Hold struct {
	Article uint32 `json:"article"`
	Pieces  int32  `json:"pieces"`
	Until   int64  `json:"until"`
}

// Book holds a fixed number of them: the oldest runs out when a new one comes.
// It is safe for concurrent use.
type Book struct {
	mu    sync.RWMutex
	order []string
	next  int
	byID  map[string]Hold
}

// New returns a book for that many holds.
func New(n int) *Book {
	return &Book{order: make([]string, n), byID: make(map[string]Hold, n)}
}

// Put notes a hold.
func (b *Book) Put(basket []byte, hold Hold) {
	id := strings.ToUpper(string(basket))
	b.mu.Lock()
	defer b.mu.Unlock()
	slot := &b.order[b.next%len(b.order)]
	delete(b.byID, *slot)
	*slot = id
	b.byID[id] = hold // culprit: churn_inflation, first upgrade (1.24)
	b.next++
}

// ServeHTTP answers /holds/BASKET.
func (b *Book) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.RLock()
	hold, ok := b.byID[path.Base(r.URL.Path)]
	b.mu.RUnlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	json.NewEncoder(w).Encode(hold)
}

// Truth describes the book's map.
func (b *Book) Truth() testbed.Map {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return testbed.One("holds.byID", b.byID).Sized(len(b.order))
}
