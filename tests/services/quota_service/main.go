// Command svc-quota counts what accounts use and refuses what is too much.
// Accounts are spread over shards, each with a lock and a map; how many
// accounts a shard is made for stands in the configuration.
package main

import (
	"net/http"

	"example.com/svc-quota/internal/config"
	"example.com/svc-quota/internal/quota"
	"example.com/testbed"
)

const accounts = 56_000

func main() {
	bed := testbed.Open("svc-quota")

	keeper := quota.NewKeeper(config.Default())
	http.Handle("/take", quota.Handler(keeper))
	go quota.Traffic(keeper, accounts, bed.Ready)
	bed.Tell(func() []testbed.Map { return []testbed.Map{keeper.Truth()} })

	bed.Wait()
}
