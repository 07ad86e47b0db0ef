// Package policy puts layers together and answers from the result.
package policy

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"example.com/svc-access/internal/layers"
	"example.com/testbed"
)

// Rule is what the topmost layer says about a subject and an action.
type Rule struct {
	Allow   bool
	Seconds uint32
	Loaded  int64
}

// Loader holds the policy; checks never wait for a reload.
type Loader struct {
	layers  map[string]layers.Layer
	current atomic.Pointer[map[string]Rule]
	reloads atomic.Int64
}

// NewLoader returns a loader whose policy is still empty.
func NewLoader(repository map[string]layers.Layer) *Loader {
	l := &Loader{layers: repository}
	l.current.Store(&map[string]Rule{})
	return l
}

// Allowed says whether the policy lets this pass, and for how many seconds.
func (l *Loader) Allowed(subject, action string) (bool, uint32) {
	rule := (*l.current.Load())[subject+":"+action]
	return rule.Allow, rule.Seconds
}

// Reload puts the policy of that layer together anew, and returns how often
// this was done.
func (l *Loader) Reload(layer string, now time.Time) (int64, error) {
	rules, err := l.assemble(layer, 0, now.UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("policy: %w", err)
	}
	l.current.Store(&rules)
	return l.reloads.Add(1), nil
}

// assemble returns what the layer and all layers below it say, with room for
// so many rules of those above.
func (l *Loader) assemble(name string, above int, now int64) (map[string]Rule, error) {
	layer, known := l.layers[name]
	if !known {
		return nil, fmt.Errorf("no layer %q", name)
	}
	room := above + layer.Rules
	if layer.Extends == "" {
		rules := make(map[string]Rule, room) // culprit: rebuild_churn, first reuse
		return rules, overlay(rules, layer, now)
	}
	rules, err := l.assemble(layer.Extends, room, now)
	if err != nil {
		return nil, err
	}
	return rules, overlay(rules, layer, now)
}

func overlay(rules map[string]Rule, layer layers.Layer, now int64) error {
	for body := layer.Read(); body != ""; {
		line, rest, _ := strings.Cut(body, "\n")
		name, terms, _ := strings.Cut(line, " ")
		verb, limit, found := strings.Cut(terms, " ")
		seconds, err := strconv.ParseUint(limit, 10, 32)
		if !found || err != nil {
			return fmt.Errorf("not a rule: %q", line)
		}
		rules[name] = Rule{Allow: verb == "allow", Seconds: uint32(seconds), Loaded: now}
		body = rest
	}
	return nil
}

// Truth describes the current policy.
func (l *Loader) Truth() testbed.Map {
	room := 0
	for _, layer := range l.layers {
		room += layer.Rules
	}
	return testbed.One("policy.rules", *l.current.Load()).Sized(room).Rebuilt(int(l.reloads.Load()))
}
