// Package config says how the service is set up.
package config

import "time"

// AccountsPerShard is the size of a shard. It dates from when there was one.
const AccountsPerShard = 50_000

// Config is what operators may change.
type Config struct {
	Shards           int
	AccountsPerShard int
	Limit            int64         // units an account may use in a window
	Window           time.Duration // how long a window is open
}

// Default is the set-up of production.
func Default() Config {
	return Config{Shards: 64, AccountsPerShard: AccountsPerShard, Limit: 600, Window: 10 * time.Second}
}
