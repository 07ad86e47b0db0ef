// Package metrics counts and times what is observed, by label set.
package metrics

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"example.com/testbed"
)

// Labels name a series.
type Labels struct {
	Route  string
	Client string
	Status int
}

type series struct {
	count   uint64
	seconds float64
	buckets [6]uint32
}

var bounds = [...]time.Duration{
	time.Millisecond, 5 * time.Millisecond, 25 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond,
}

// Registry is safe for concurrent use.
type Registry struct {
	mu     sync.Mutex
	series map[Labels]*series
}

// NewRegistry returns a registry without series.
func NewRegistry() *Registry { return &Registry{series: make(map[Labels]*series)} }

// Observe counts one request of the series with these labels.
func (r *Registry) Observe(labels Labels, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, known := r.series[labels]
	if !known {
		s = new(series)
		r.series[labels] = s // culprit: unbounded_growth, first bound
	}
	s.count++
	s.seconds += took.Seconds()
	s.buckets[bucket(took)]++
}

func bucket(took time.Duration) int {
	for i, bound := range bounds {
		if took <= bound {
			return i
		}
	}
	return len(bounds)
}

// ServeHTTP writes all series as text.
func (r *Registry) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for labels, s := range r.series {
		fmt.Fprintf(w, "requests{route=%q,client=%q,status=\"%d\"} %d\n",
			labels.Route, labels.Client, labels.Status, s.count)
	}
}

// Truth describes the series.
func (r *Registry) Truth() testbed.Map {
	r.mu.Lock()
	defer r.mu.Unlock()
	return testbed.One("metrics.series", r.series)
}
