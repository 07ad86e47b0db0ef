// Package origin is the far end: it has every package there is.
package origin

import (
	"io"
	"strconv"
	"strings"
)

// Response is what the origin answers; Body is read once.
type Response struct {
	Header map[string]string
	Body   io.Reader
}

// Site answers all names; a package's size follows from its name.
type Site struct{}

// Get opens a package, or the list of its versions if the name ends in /list.
func (Site) Get(name string) *Response {
	size := 150_000 + len(name)%7*90_000
	kind := "application/gzip"
	if strings.HasSuffix(name, "/list") {
		size, kind = 9_000+len(name)%5*2_500, "text/plain"
	}
	return &Response{
		Header: map[string]string{
			"content-type":   kind,
			"content-length": strconv.Itoa(size),
			"etag":           `"` + strconv.Itoa(size*31) + `"`,
			"cache-control":  "max-age=300",
			"server":         "origin/2",
		},
		Body: io.LimitReader(pattern(len(name)), int64(size)),
	}
}

// pattern is endless bytes, the same for the same seed.
type pattern byte

func (p pattern) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = byte(p) + byte(i)
	}
	return len(into), nil
}
