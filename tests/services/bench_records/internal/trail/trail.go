// Package trail leads calls through the generated packages, so that each ends
// in an allocation under a stack of its own.
package trail

// Step is one function of a generated package. It either calls the next step,
// on one of several lines, or allocates and returns what it allocated.
type Step func(*Trail) any

// Trail is one walk; the same seed walks the same way.
type Trail struct {
	state  uint64
	left   int
	steps  []Step
	leaves []Step
}

// New returns a walk of depth calls over the given steps, ending in a leaf.
func New(seed uint64, depth int, steps, leaves []Step) *Trail {
	return &Trail{state: seed*0x9E3779B97F4A7C15 + 1, left: depth, steps: steps, leaves: leaves}
}

// Next is the step to call now.
func (t *Trail) Next() Step {
	t.left--
	if t.left > 0 {
		return t.steps[t.Turn(len(t.steps))]
	}
	return t.leaves[t.Turn(len(t.leaves))]
}

// Turn is the next number of the walk, below n.
func (t *Trail) Turn(n int) int {
	t.state ^= t.state << 13
	t.state ^= t.state >> 7
	t.state ^= t.state << 17
	return int(t.state >> 33 % uint64(n))
}

// Keys returns between one key and all of them.
func (t *Trail) Keys() []string { return keys[:1+t.Turn(len(keys))] }

// Key returns the text of a key without allocating it.
func Key(i int) string { return keys[i%len(keys)] }

var keys = func() []string {
	const letters = "abcdefghijklmnop"
	all := make([]string, 0, 128)
	for i := 0; i < cap(all); i++ {
		all = append(all, string([]byte{letters[i>>4], letters[i&15]}))
	}
	return all
}()
