// Package serve answers which features a tenant has.
package serve

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"path"
	"sort"
	"strconv"
	"time"

	"example.com/svc-flags/internal/flags"
)

// Evaluator answers /evaluate/TENANT.
type Evaluator struct {
	store *flags.Store
}

// New returns an evaluator of that store's flags.
func New(store *flags.Store) *Evaluator { return &Evaluator{store: store} }

// ServeHTTP writes the names of the tenant's features.
func (e *Evaluator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := e.evaluate(path.Base(r.URL.Path))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Write(answer)
}

func (e *Evaluator) evaluate(tenant string) ([]byte, error) {
	bucket := fnv.New32a()
	bucket.Write([]byte(tenant))
	share := uint16(bucket.Sum32() % 100)

	on := make([]string, 0, 12_000)
	for name, flag := range e.store.With(overridesOf(tenant)) {
		if flag.On && share < flag.Percent {
			on = append(on, name)
		}
	}
	sort.Strings(on)
	var answer bytes.Buffer
	answer.Grow(256 * 1_024)
	err := json.NewEncoder(&answer).Encode(struct {
		Tenant   string   `json:"tenant"`
		Features []string `json:"features"`
	}{tenant, on})
	return answer.Bytes(), err
}

// overridesOf stands for a look-up in the tenants' database.
func overridesOf(tenant string) []flags.Override {
	wanted := make([]flags.Override, 0, 5)
	for i := 0; i < cap(wanted); i++ {
		wanted = append(wanted, flags.Override{Name: flags.Name(len(tenant)*1_009 + i*331), On: i%2 == 0})
	}
	return wanted
}

// Traffic evaluates for one tenant after the other, for ever, and reports how
// many were served.
func (e *Evaluator) Traffic(served func(requests int)) {
	for n := 1; ; n++ {
		if _, err := e.evaluate("tenant-" + strconv.Itoa(n%5_000)); err != nil {
			panic(err)
		}
		served(n)
		time.Sleep(70 * time.Millisecond)
	}
}
