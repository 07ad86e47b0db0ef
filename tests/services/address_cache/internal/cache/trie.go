//go:build go1.24

package cache

const trie = true
