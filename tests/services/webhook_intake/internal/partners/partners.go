// Package partners sends webhooks as partners do.
package partners

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"example.com/svc-hooks/internal/intake"
)

const perTick = 8

// Taker is the door.
type Taker interface {
	Take(signature string, length int, body io.Reader) error
}

// Send sends webhooks for ever, payloads of 20 to 80 kB.
func Send(to Taker, done func(sent int)) error {
	wire := make([]byte, 0, 128*1024)
	for n := 1; ; n++ {
		wire = append(wire[:0], 0, 0, 0, 0)
		wire = fmt.Appendf(wire, `{"id":%d,"topic":"order.%d","version":3,"attempt":1,"live":true,"account":"acc-%d",`, n, n%12, n%700)
		wire = fmt.Appendf(wire, `"created":%d,"kind":"parcel","weight":%d.5,"region":"eu-%d","retry":null}`, 1_700_000_000+n, n%30, n%4)
		binary.BigEndian.PutUint32(wire, uint32(len(wire)-4))
		wire = append(wire, make([]byte, 20_000+n*977%60_000)...)

		signature := intake.Sign([]byte("a secret of both sides"), wire)
		if err := to.Take(signature, len(wire), bytes.NewReader(wire)); err != nil {
			return err
		}
		done(n)
		if n%perTick == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
}
