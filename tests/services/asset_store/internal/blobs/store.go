// Package blobs keeps files in memory, by their digest.
package blobs

import (
	"encoding/hex"
	"net/http"
	"path"
	"sync"

	"example.com/testbed"
)

// Digest names a file.
type Digest [16]byte

// Store has room for a fixed number of files; it is safe for concurrent use.
type Store struct {
	mu    sync.RWMutex
	size  int
	blobs map[Digest][]byte
	ages  []Digest // a ring, the oldest at next once it is full
	next  int
}

// NewStore returns an empty store for that many files.
func NewStore(size int) *Store {
	return &Store{
		size:  size,
		blobs: make(map[Digest][]byte, size),
		ages:  make([]Digest, 0, size),
	}
}

// Put keeps a file, in place of the oldest one if there is no room.
func (s *Store) Put(name Digest, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.blobs[name]; known {
		s.blobs[name] = content
		return
	}
	if len(s.ages) < s.size {
		s.ages = append(s.ages, name)
	} else {
		delete(s.blobs, s.ages[s.next])
		s.ages[s.next] = name
		s.next = (s.next + 1) % s.size
	}
	s.blobs[name] = content
}

// Get returns a file.
func (s *Store) Get(name Digest) ([]byte, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	content, ok := s.blobs[name]
	return content, ok
}

// ServeHTTP answers /assets/DIGEST.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var name Digest
	if n, err := hex.Decode(name[:], []byte(path.Base(r.URL.Path))); err != nil || n != len(name) {
		http.Error(w, "a digest has 32 hexadecimal digits", http.StatusBadRequest)
		return
	}
	content, ok := s.Get(name)
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Write(content)
}

// Truth describes the files.
func (s *Store) Truth() testbed.Map {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return testbed.One("blobs.blobs", s.blobs).Sized(s.size)
}
