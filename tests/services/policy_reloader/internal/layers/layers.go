// Package layers has the documents that a policy is made of.
package layers

import "fmt"

// Layer is one document: lines of "subject:action verb seconds".
type Layer struct {
	Extends string // the layer below, if any
	Rules   int
	file    []byte
}

// Read returns the document's text as it is now.
func (l Layer) Read() string { return string(l.file) }

// Repository returns the documents as checked out, n rules in each.
func Repository(n int) map[string]Layer {
	return map[string]Layer{
		"defaults":   document("", n, 0),
		"company":    document("defaults", n, n*7/8),
		"europe":     document("company", n, n*14/8),
		"payments":   document("europe", n, n*21/8),
		"production": document("payments", n, n*28/8),
	}
}

func document(extends string, n, first int) Layer {
	file := make([]byte, 0, n*36)
	for i := first; i < first+n; i++ {
		verb := "allow"
		if i%9 == 4 {
			verb = "deny"
		}
		file = fmt.Appendf(file, "team-%05d:%s %s %d\n", i/4, actions[i%len(actions)], verb, 60*(i%30))
	}
	return Layer{Extends: extends, Rules: n, file: file}
}

var actions = [...]string{"read", "write", "approve", "export"}
