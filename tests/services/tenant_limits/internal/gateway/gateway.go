// Package gateway asks for every call whether it is allowed.
package gateway

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Limits decides about calls.
type Limits interface {
	Allow(tenant, client string) bool
}

type ruling struct {
	Client  string `json:"client"`
	Allowed bool   `json:"allowed"`
	At      string `json:"at"`
}

// Handler answers /allow?tenant=T&client=C.
func Handler(limits Limits) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		rule(w, limits, query.Get("tenant"), query.Get("client"))
	})
}

// Calls makes calls for ever: 400 to 600 clients of each tenant, again and again.
func Calls(limits Limits, made func(calls int)) {
	for n := 0; ; n++ {
		tenant := n % 40
		client := n / 40 % (400 + tenant*5)
		rule(io.Discard, limits, "tenant-"+strconv.Itoa(tenant), "key-"+strconv.FormatInt(int64(client)*982_451_653, 36))
		made(n)
		if n > 60_000 && n%25 == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func rule(w io.Writer, limits Limits, tenant, client string) {
	verdict := ruling{Client: client, Allowed: limits.Allow(tenant, client), At: time.Now().Format(time.RFC3339)}
	line, err := json.Marshal(verdict)
	if err != nil {
		panic(err) // a ruling is plain data
	}
	w.Write(append(line, '\n'))
}
