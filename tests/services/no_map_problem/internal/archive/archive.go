// Package archive keeps the latest documents, oldest out first.
package archive

import (
	"net/http"
	"path"
	"strconv"
	"sync"
)

// Archive is a ring of documents; it is safe for concurrent use.
type Archive struct {
	mu    sync.RWMutex
	ring  [][]byte
	count int
}

// New returns an archive for the latest n documents.
func New(n int) *Archive { return &Archive{ring: make([][]byte, n)} }

// Keep stores a copy of the document and returns its number.
func (a *Archive) Keep(document []byte) int {
	kept := make([]byte, len(document))
	copy(kept, document)

	a.mu.Lock()
	defer a.mu.Unlock()
	a.ring[a.count%len(a.ring)] = kept
	a.count++
	return a.count
}

// ServeHTTP answers /invoices/NUMBER.
func (a *Archive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(path.Base(r.URL.Path))
	if err != nil {
		http.Error(w, "an invoice has a number", http.StatusBadRequest)
		return
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	if number < 1 || number > a.count || number <= a.count-len(a.ring) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(a.ring[(number-1)%len(a.ring)])
}
