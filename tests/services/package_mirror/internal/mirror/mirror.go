// Package mirror fetches packages and keeps the latest of them.
package mirror

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"sync"

	"example.com/svc-mirror/internal/origin"
	"example.com/testbed"
)

// record is the longest TLS record on the wire: 16 KiB and 2 KiB of expansion.
const record = 16*1024 + 2*1024

// Origin is where packages come from.
type Origin interface {
	Get(name string) *origin.Response
}

type kept struct {
	name string
	body []byte
}

// Mirror is safe for concurrent use.
type Mirror struct {
	origin Origin
	mu     sync.Mutex
	ring   []kept
	next   int
	kinds  map[string]int
}

// New returns a mirror that keeps so many bodies.
func New(from Origin, keep int) *Mirror {
	return &Mirror{origin: from, ring: make([]kept, keep), kinds: make(map[string]int, 4)}
}

// ServeHTTP answers /packages/NAME.
func (m *Mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := m.Send(w, strings.TrimPrefix(r.URL.Path, "/packages/")); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

// Send writes a package, from the ring or from the origin.
func (m *Mirror) Send(w io.Writer, name string) error {
	body, found := m.find(name)
	if !found {
		var err error
		if body, err = m.fetch(name); err != nil {
			return fmt.Errorf("fetch %s: %w", name, err)
		}
	}
	_, err := w.Write(body)
	return err
}

func (m *Mirror) fetch(name string) ([]byte, error) {
	response := m.origin.Get(name)
	var body []byte
	var err error
	if kind := response.Header["content-type"]; kind == "text/plain" {
		body, err = io.ReadAll(response.Body)
	} else {
		body, err = receive(response.Body)
	}
	if err == nil {
		m.keep(kept{name, body}, response.Header["content-type"])
	}
	return body, err
}

// receive reads record by record, as they come off the wire, and checks each.
func receive(wire io.Reader) ([]byte, error) {
	var body bytes.Buffer
	check := crc32.NewIEEE()
	for {
		chunk := make([]byte, record)
		n, err := io.ReadFull(wire, chunk)
		check.Write(chunk[:n])
		body.Write(chunk[:n])
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return body.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func (m *Mirror) find(name string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range m.ring {
		if k.name == name {
			return k.body, true
		}
	}
	return nil, false
}

func (m *Mirror) keep(k kept, kind string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ring[m.next%len(m.ring)] = k
	m.next++
	m.kinds[kind]++
}

// Truth describes the only map that is kept.
func (m *Mirror) Truth() testbed.Map {
	m.mu.Lock()
	defer m.mu.Unlock()
	return testbed.One("mirror.kinds", m.kinds).Sized(4)
}
