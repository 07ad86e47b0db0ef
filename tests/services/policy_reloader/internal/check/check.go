// Package check answers whether somebody may do something.
package check

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Policy is what a check asks.
type Policy interface {
	Allowed(subject, action string) (bool, uint32)
}

type answer struct {
	Subject string `json:"subject"`
	Action  string `json:"action"`
	Allowed bool   `json:"allowed"`
	Seconds uint32 `json:"seconds,omitempty"`
}

// Handler answers /check?subject=S&action=A.
func Handler(policy Policy) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		write(w, policy, query.Get("subject"), query.Get("action"))
	})
}

// Traffic checks as other services would, for ever.
func Traffic(policy Policy) {
	for n := 0; ; n++ {
		for i := 0; i < 60; i++ {
			write(io.Discard, policy, fmt.Sprintf("team-%05d", (n*60+i)%16_000), "approve")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func write(w io.Writer, policy Policy, subject, action string) {
	allowed, seconds := policy.Allowed(subject, action)
	json.NewEncoder(w).Encode(answer{subject, action, allowed, seconds})
}
