// Package manifest takes up what publishers changed.
package manifest

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"time"

	"example.com/svc-assets/internal/blobs"
)

// Manifest lists the files of one release.
type Manifest struct {
	Publisher string
	Released  time.Time
	Files     []File
}

// File is one of them.
type File struct {
	Number   int
	Digest   blobs.Digest
	Path     string
	Licence  *Licence
	Variants []Variant
	Changed  bool
}

// Licence says who may use a file.
type Licence struct {
	Holder string
	Until  time.Time
}

// Variant is the same picture in another size.
type Variant struct {
	Width, Height int
	Format        string
}

// Store is where changed files go.
type Store interface {
	Put(blobs.Digest, []byte)
	Get(blobs.Digest) ([]byte, bool)
}

// Intake receives manifests.
type Intake struct {
	store     Store
	latest    *Manifest
	next      int
	manifests int
}

// NewIntake returns an intake for a store that has n files.
func NewIntake(store Store, n int) *Intake { return &Intake{store: store, next: n} }

// Receive decodes a manifest, fetches what is new, refreshes what has changed,
// and returns how many manifests there were.
func (in *Intake) Receive(message []byte) (int, error) {
	m := new(Manifest)
	if err := gob.NewDecoder(bytes.NewReader(message)).Decode(m); err != nil {
		return 0, fmt.Errorf("manifest: %w", err)
	}
	for i, file := range m.Files {
		_, known := in.store.Get(file.Digest)
		switch {
		case known && file.Changed:
			in.store.Put(file.Digest, Content(file.Number))
		case i%100 == 0:
			in.store.Put(Digest(in.next), Content(in.next))
			in.next++
		}
	}
	in.latest = m
	in.manifests++
	return in.manifests, nil
}
