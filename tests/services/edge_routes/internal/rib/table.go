// Package rib is the routing information base.
package rib

import (
	"net/netip"

	"example.com/testbed"
)

// Hop is where packets to a prefix go.
type Hop struct {
	Gateway   [4]byte
	Interface uint16
	Metric    uint16
}

// Table knows the next hop of every announced prefix.
type Table struct {
	routes    map[netip.Prefix]Hop
	announced int
}

// Read returns a table of all n announcements.
func Read(announcements func() (netip.Prefix, Hop, bool), n int) *Table {
	t := &Table{
		routes:    make(map[netip.Prefix]Hop, n), // culprit: large_map_retained, first recreate
		announced: n,
	}
	for {
		prefix, hop, more := announcements()
		if !more {
			return t
		}
		t.routes[prefix] = hop
	}
}

// Lookup returns the hop of the longest prefix that has the address.
func (t *Table) Lookup(address netip.Addr) (netip.Prefix, Hop, bool) {
	for bits := 24; bits >= 16; bits-- {
		prefix, err := address.Prefix(bits)
		if err != nil {
			break
		}
		if hop, ok := t.routes[prefix]; ok {
			return prefix, hop, true
		}
	}
	return netip.Prefix{}, Hop{}, false
}

// Truth describes the table.
func (t *Table) Truth() testbed.Map { return testbed.One("rib.routes", t.routes).Sized(t.announced) }
