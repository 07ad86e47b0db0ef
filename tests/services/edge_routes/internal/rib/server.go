package rib

import "net/netip"

// Announcements stands for the session with the route server: n prefixes, one
// at each call.
func Announcements(n int) func() (netip.Prefix, Hop, bool) {
	next := 0
	return func() (netip.Prefix, Hop, bool) {
		if next == n {
			return netip.Prefix{}, Hop{}, false
		}
		i := next
		next++
		hop := Hop{Gateway: [4]byte{192, 0, 2, byte(i % 40)}, Interface: uint16(i % 12), Metric: uint16(100 + i%7)}
		return netip.PrefixFrom(Address(i), 24), hop, true
	}
}

// Address is the first address of the i-th prefix.
func Address(i int) netip.Addr {
	spread := uint32(i) * 40_503 & 0xffffff // odd, so no two are the same
	return netip.AddrFrom4([4]byte{byte(spread >> 16), byte(spread >> 8), byte(spread), 0})
}
