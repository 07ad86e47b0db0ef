// Package registry holds the instances of all services. Readers take no lock.
package registry

import (
	"maps"
	"sync"
	"sync/atomic"

	"example.com/testbed"
)

// Endpoint is where an instance answers, and whether it does.
type Endpoint struct {
	Host    string
	Seen    int64
	Port    uint16
	Healthy bool
}

// Instance is an endpoint with its id.
type Instance struct {
	ID string
	Endpoint
}

// Registry is safe for concurrent use.
type Registry struct {
	writer    sync.Mutex
	current   atomic.Pointer[map[string]Endpoint]
	published atomic.Int64
}

// Load returns a registry with these instances.
func Load(instances []Instance) *Registry {
	nodes := make(map[string]Endpoint, len(instances))
	for _, instance := range instances {
		nodes[instance.ID] = instance.Endpoint
	}
	r := new(Registry)
	r.current.Store(&nodes)
	return r
}

// Resolve returns an instance as it was published last.
func (r *Registry) Resolve(id string) (Endpoint, bool) {
	endpoint, ok := (*r.current.Load())[id]
	return endpoint, ok
}

// Report notes what became of an instance. Nothing is published if it is known.
func (r *Registry) Report(instance Instance) {
	r.writer.Lock()
	defer r.writer.Unlock()
	nodes := *r.current.Load()
	if nodes[instance.ID] == instance.Endpoint {
		return
	}
	next := maps.Clone(nodes) // culprit: clone_storm, first avoid_hot_update
	next[instance.ID] = instance.Endpoint
	r.current.Store(&next)
	r.published.Add(1)
}

// Truth describes the published map.
func (r *Registry) Truth() testbed.Map {
	nodes := *r.current.Load()
	return testbed.One("registry.current", nodes).Rebuilt(int(r.published.Load()) + 1)
}
