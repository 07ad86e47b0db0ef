// Package tenants knows who pays for calls, and how many.
package tenants

import (
	"strconv"
	"time"

	"example.com/svc-limits/internal/limiter"
	"example.com/testbed"
)

// Contract is what a tenant has bought.
type Contract struct {
	Tenant    string
	PerSecond int
}

// Directory has a limiter for each tenant; it does not change after Open.
type Directory struct {
	limiters map[string]*limiter.Limiter
}

// Open makes a limiter for each contract.
func Open(contracts []Contract) *Directory {
	d := &Directory{limiters: make(map[string]*limiter.Limiter, len(contracts))}
	for _, contract := range contracts {
		d.limiters[contract.Tenant] = limiter.New(contract.PerSecond)
	}
	return d
}

// Allow says whether a tenant's client may make a call now.
func (d *Directory) Allow(tenant, client string) bool {
	l, ok := d.limiters[tenant]
	return ok && l.Allow(client, time.Now())
}

// Contracts lists those of n tenants.
func Contracts(n int) []Contract {
	list := make([]Contract, n)
	for i := range list {
		list[i] = Contract{Tenant: "tenant-" + strconv.Itoa(i), PerSecond: 5 + i%4*10}
	}
	return list
}

// Truth describes the client maps of all tenants.
func (d *Directory) Truth() testbed.Map {
	var one testbed.Map
	entries, largest := 0, 0
	for _, l := range d.limiters {
		one = l.Truth()
		entries += one.Entries
		largest = max(largest, one.Largest)
	}
	return one.Many(len(d.limiters), entries, largest)
}
