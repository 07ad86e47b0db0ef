// Package testbed is what the services under test have in common: a port on
// loopback, net/http/pprof, the truth about their own maps, and an end.
package testbed

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	_ "net/http/pprof" // the endpoint all of this is about
	"os"
	"runtime"
	"sync/atomic"
	"time"
)

// Bed carries one service from its first line of output to its exit.
type Bed struct {
	service string
	started time.Time
	limit   time.Duration
	ready   atomic.Bool
	tell    atomic.Pointer[func() []Map]
	stdin   chan struct{}
}

// Open parses the flags, listens on a free port of 127.0.0.1, prints
// "listening 127.0.0.1:PORT" and serves pprof, /ready and /truth from then on.
func Open(service string) *Bed {
	limit := flag.Duration("limit", 2*time.Minute, "exit after this long")
	flag.Parse()

	b := &Bed{service: service, started: time.Now(), limit: *limit, stdin: make(chan struct{})}
	http.HandleFunc("/ready", b.serveReady)
	http.HandleFunc("/truth", b.serveTruth)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening %s\n", listener.Addr())

	go func() { log.Fatal(http.Serve(listener, nil)) }()
	go b.watchStdin()
	return b
}

// Tell says where /truth finds the maps; it is called for each request and
// takes whatever locks it needs.
func (b *Bed) Tell(maps func() []Map) { b.tell.Store(&maps) }

// Ready declares that the service has reached its steady behaviour.
func (b *Bed) Ready() { b.ready.Store(true) }

// Wait returns once stdin is closed or the time limit is over.
func (b *Bed) Wait() {
	select {
	case <-b.stdin:
	case <-time.After(time.Until(b.started.Add(b.limit))):
	}
}

// watchStdin lets a test end the service by closing the pipe, or by dying.
func (b *Bed) watchStdin() {
	io.Copy(io.Discard, os.Stdin)
	close(b.stdin)
}

func (b *Bed) serveReady(w http.ResponseWriter, _ *http.Request) {
	if !b.ready.Load() {
		http.Error(w, "not yet", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

func (b *Bed) serveTruth(w http.ResponseWriter, _ *http.Request) {
	truth := struct {
		Service        string  `json:"service"`
		Go             string  `json:"go"`
		MemProfileRate int     `json:"mem_profile_rate"`
		UptimeSeconds  float64 `json:"uptime_s"`
		Maps           []Map   `json:"maps"`
	}{b.service, runtime.Version(), runtime.MemProfileRate, time.Since(b.started).Seconds(), []Map{}}

	if maps := b.tell.Load(); maps != nil {
		truth.Maps = (*maps)()
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(truth)
}
