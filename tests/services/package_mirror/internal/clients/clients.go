// Package clients is the build machines that need packages.
package clients

import (
	"io"
	"strconv"
	"strings"
	"time"
)

// Sender is the mirror.
type Sender interface {
	Send(w io.Writer, name string) error
}

// Run asks for packages for ever: for each its versions, then one of them.
func Run(from Sender, done func(served int)) error {
	for n := 1; ; n++ {
		name := "lib-" + strconv.Itoa(n*37%5_000) + strings.Repeat("x", n%9)
		for _, path := range []string{name + "/list", name + "/v1." + strconv.Itoa(n%20)} {
			if err := from.Send(io.Discard, path); err != nil {
				return err
			}
		}
		done(n)
		time.Sleep(15 * time.Millisecond)
	}
}
