// Package pricelist holds what every article costs before discounts.
package pricelist

import "example.com/testbed"

// ID is the number of an article in all shops of the group.
type ID [16]byte

// Price is what an article costs.
type Price struct {
	Cents    int64
	Group    uint32
	Currency [3]byte
	Reduced  bool
}

// List is a price for every article.
type List map[ID]Price

// Article is an entry of a list.
type Article struct {
	ID    ID
	Price Price
}

// Load makes the list that all baskets start from.
func Load(articles []Article) List {
	list := make(List, len(articles))
	for _, article := range articles {
		list[article.ID] = article.Price
	}
	return list
}

// With returns the list with a rebate, in per mille, on some groups.
func (list List) With(rebates map[uint32]int64) List {
	own := make(List, len(list)) // culprit: clone_storm, first avoid_hot_update
	for id, price := range list {
		own[id] = price
		if rebate, ok := rebates[price.Group]; ok {
			price.Cents -= price.Cents * rebate / 1000
			price.Reduced = true
			own[id] = price
		}
	}
	return own
}

// Truth describes the list all baskets start from.
func (list List) Truth() testbed.Map {
	return testbed.One("pricelist.List, loaded", list).Sized(len(list))
}
