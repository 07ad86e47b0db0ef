// Package intake accepts webhooks.
package intake

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"example.com/svc-hooks/internal/outbox"
	"example.com/testbed"
)

const limit = 1 << 20

// Keeper takes what is to be delivered.
type Keeper interface {
	Put(outbox.Message)
}

// Door is safe for concurrent use.
type Door struct {
	secret  []byte
	keeper  Keeper
	decoded atomic.Int64
}

// NewDoor returns a door that knows the secret of its partners.
func NewDoor(secret []byte, keeper Keeper) *Door { return &Door{secret: secret, keeper: keeper} }

// ServeHTTP takes one webhook: the length of the envelope, envelope, payload.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength < 4 || r.ContentLength > limit {
		http.Error(w, "say how long it is, at most 1 MiB", http.StatusLengthRequired)
		return
	}
	if err := d.Take(r.Header.Get("X-Signature"), int(r.ContentLength), r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// Take reads, checks and keeps one webhook of that many bytes.
func (d *Door) Take(signature string, length int, body io.Reader) error {
	raw := make([]byte, length)
	if _, err := io.ReadFull(body, raw); err != nil {
		return fmt.Errorf("short webhook: %w", err)
	}
	if signature != Sign(d.secret, raw) {
		return errors.New("wrong signature")
	}
	end := 4 + int(binary.BigEndian.Uint32(raw))
	if end < 4 || end > len(raw) {
		return errors.New("an envelope longer than its webhook")
	}
	var envelope map[string]any
	if err := json.Unmarshal(raw[4:end], &envelope); err != nil {
		return fmt.Errorf("envelope: %w", err)
	}
	d.decoded.Add(1)
	topic, _ := envelope["topic"].(string)
	if topic == "" {
		return errors.New("a webhook without a topic")
	}
	d.keeper.Put(outbox.Message{Topic: topic, Payload: bytes.Clone(raw[end:])})
	return nil
}

// Sign is the signature of a webhook.
func Sign(secret, raw []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write(raw[:min(len(raw), 4096)])
	return hex.EncodeToString(mac.Sum(nil))
}

// Truth describes the envelopes decoded so far: none is kept.
func (d *Door) Truth() testbed.Map {
	return testbed.One("intake.envelope", map[string]any{}).Many(0, 0, 11).Rebuilt(int(d.decoded.Load()))
}
