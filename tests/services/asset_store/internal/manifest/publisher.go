package manifest

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"time"

	"example.com/svc-assets/internal/blobs"
)

// Digest is the digest of the i-th file.
func Digest(i int) blobs.Digest {
	var d blobs.Digest
	binary.BigEndian.PutUint64(d[:], uint64(i)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(d[8:], uint64(i)*0xc2b2ae3d27d4eb4f+1)
	return d
}

// Content stands for the download of the i-th file.
func Content(i int) []byte {
	content := make([]byte, 400+i*7_919%760)
	for at := range content {
		content[at] = byte(at * i >> 4)
	}
	return content
}

// Publisher releases a thousand files at a time, for ever; what it sends was
// encoded before.
type Publisher struct {
	messages [][]byte
	sent     int
}

// NewPublisher returns a publisher of n files.
func NewPublisher(n int) (*Publisher, error) {
	p := &Publisher{messages: make([][]byte, 12)}
	for i := range p.messages {
		var message bytes.Buffer
		message.Grow(128 * 1_024)
		if err := gob.NewEncoder(&message).Encode(release(i, n)); err != nil {
			return nil, err
		}
		p.messages[i] = message.Bytes()
	}
	return p, nil
}

// Next returns the manifest of the next release, encoded.
func (p *Publisher) Next() []byte {
	p.sent++
	return p.messages[p.sent%len(p.messages)]
}

func release(number, files int) Manifest {
	m := Manifest{
		Publisher: fmt.Sprintf("studio-%d", number),
		Released:  time.Now(),
		Files:     make([]File, 1_000),
	}
	licence := &Licence{Holder: m.Publisher, Until: m.Released.AddDate(1, 0, 0)}
	sizes := []Variant{{320, 200, "webp"}, {640, 400, "webp"}, {1_280, 800, "avif"}}
	for i := range m.Files {
		file := (number*len(m.Files) + i) * 31 % files
		m.Files[i] = File{
			Number:   file,
			Digest:   Digest(file),
			Path:     fmt.Sprintf("/%s/%06d.webp", m.Publisher, file),
			Licence:  licence,
			Variants: sizes[:1+i%len(sizes)],
			Changed:  i%5 == 0,
		}
	}
	return m
}
