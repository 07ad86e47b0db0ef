// Package quota keeps count of what accounts use.
package quota

import (
	"sync"
	"time"

	"example.com/svc-quota/internal/config"
	"example.com/testbed"
)

type window struct {
	opened time.Time
	used   int64
	denied int64
}

type shard struct {
	mu      sync.Mutex
	windows map[uint64]*window
}

// Keeper is safe for concurrent use.
type Keeper struct {
	conf   config.Config
	shards []*shard
}

// NewKeeper returns a keeper that has seen no account yet.
func NewKeeper(conf config.Config) *Keeper {
	k := &Keeper{conf: conf, shards: make([]*shard, conf.Shards)}
	for i := range k.shards {
		k.shards[i] = newShard(conf)
	}
	return k
}

func newShard(conf config.Config) *shard {
	return &shard{windows: make(map[uint64]*window, conf.AccountsPerShard)} // culprit: oversized_hint, first right_size
}

// Take counts units for an account and says whether it may have them.
func (k *Keeper) Take(account uint64, units int64, now time.Time) bool {
	s := k.shards[account*0x9e3779b97f4a7c15>>32%uint64(len(k.shards))]
	s.mu.Lock()
	defer s.mu.Unlock()
	w, known := s.windows[account]
	if !known {
		w = &window{opened: now}
		s.windows[account] = w
	}
	if now.Sub(w.opened) > k.conf.Window {
		w.opened, w.used = now, 0
	}
	if w.used+units > k.conf.Limit {
		w.denied++
		return false
	}
	w.used += units
	return true
}

// Truth describes the windows of all shards.
func (k *Keeper) Truth() testbed.Map {
	entries, largest := 0, 0
	for _, s := range k.shards {
		s.mu.Lock()
		entries += len(s.windows)
		largest = max(largest, len(s.windows))
		s.mu.Unlock()
	}
	one := testbed.One("quota.windows", k.shards[0].windows).Sized(k.conf.AccountsPerShard)
	return one.Many(len(k.shards), entries, largest)
}
