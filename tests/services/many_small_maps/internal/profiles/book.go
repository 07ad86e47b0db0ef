// Package profiles knows what is known about each customer.
package profiles

import (
	"encoding/json"
	"net/http"
	"path"
	"strconv"

	"example.com/testbed"
)

var attributes = [...]string{
	"locale", "timezone", "currency", "segment", "channel", "consent",
	"tier", "theme", "referrer", "cohort", "plan", "region",
}

var values = [...]string{"default", "none", "standard", "web", "basic"}

// Customer is one profile.
type Customer struct {
	ID         int
	Attributes map[string]string
}

// Book holds all customers; it does not change after NewBook.
type Book struct {
	customers []*Customer
}

// NewBook reads n customers.
func NewBook(n int) *Book {
	b := &Book{customers: make([]*Customer, 0, n)}
	for id := 0; id < n; id++ {
		c := &Customer{ID: id, Attributes: make(map[string]string)}
		for i := 0; i < known(id); i++ {
			c.set(attributes[(id+i)%len(attributes)], values[(id*7+i)%len(values)])
		}
		b.customers = append(b.customers, c)
	}
	return b
}

func (c *Customer) set(attribute, value string) {
	c.Attributes[attribute] = value // culprit: many_small_maps, first flatten
}

// known is how many attributes of a customer are known: 3 to 12.
func known(id int) int { return 3 + id*31%10 }

// ServeHTTP answers /customers/ID.
func (b *Book) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(path.Base(r.URL.Path))
	if err != nil || id < 0 || id >= len(b.customers) {
		http.NotFound(w, r)
		return
	}
	json.NewEncoder(w).Encode(b.customers[id].Attributes)
}

// Truth describes the attribute maps of all customers.
func (b *Book) Truth() testbed.Map {
	entries, largest := 0, 0
	for _, c := range b.customers {
		entries += len(c.Attributes)
		largest = max(largest, len(c.Attributes))
	}
	one := testbed.One("profiles.Customer.Attributes", b.customers[0].Attributes)
	return one.Many(len(b.customers), entries, largest)
}
