// Package sessions holds one session for everybody who is logged in.
package sessions

import (
	"encoding/json"
	"net/http"
	"sync"

	"example.com/testbed"
)

// Session is what is known of a login.
type Session struct {
	User  int64    `json:"user"`
	Since int64    `json:"since"`
	Scope [3]int32 `json:"scope"`
}

// Directory is safe for concurrent use.
type Directory struct {
	capacity int
	mu       sync.RWMutex
	byToken  map[string]*Session
}

// New returns a directory with room for that many.
func New(capacity int) *Directory {
	return &Directory{capacity: capacity, byToken: make(map[string]*Session, capacity)}
}

// Login starts a session.
func (d *Directory) Login(token string, session *Session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.byToken[token] = session // culprit: churn_inflation, first recreate (swiss)
}

// Logout ends the session with that token.
func (d *Directory) Logout(token string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.byToken, token)
}

// Find returns the session with that token.
func (d *Directory) Find(token string) (*Session, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	session, ok := d.byToken[token]
	return session, ok
}

// ServeHTTP tells the bearer of a token who he is.
func (d *Directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	session, ok := d.Find(r.Header.Get("Authorization"))
	if !ok {
		http.Error(w, "log in first", http.StatusUnauthorized)
		return
	}
	json.NewEncoder(w).Encode(session)
}

// Truth describes the directory's map.
func (d *Directory) Truth() testbed.Map {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return testbed.One("sessions.byToken", d.byToken).Sized(d.capacity)
}
