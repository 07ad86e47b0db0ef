package quota

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

type answer struct {
	Account uint64 `json:"account"`
	Granted bool   `json:"granted"`
}

// Handler answers /take?account=A&units=U.
func Handler(k *Keeper) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		account, err := strconv.ParseUint(r.FormValue("account"), 10, 64)
		if err != nil {
			http.Error(w, "an account is a number", http.StatusBadRequest)
			return
		}
		units, err := strconv.ParseInt(r.FormValue("units"), 10, 64)
		if err != nil || units < 0 {
			http.Error(w, "units are a number", http.StatusBadRequest)
			return
		}
		grant(w, k, account, units)
	})
}

// Traffic takes units for n accounts in turn, for ever. It calls steady once
// each was there.
func Traffic(k *Keeper, n int, steady func()) {
	for i := 0; ; i++ {
		grant(io.Discard, k, uint64(i%n)*2_654_435_761, int64(i%50))
		if i == n {
			steady()
		}
		if i > n && i%40 == 0 {
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func grant(w io.Writer, k *Keeper, account uint64, units int64) {
	granted := k.Take(account, units, time.Now())
	if err := json.NewEncoder(w).Encode(answer{account, granted}); err != nil {
		fmt.Fprintln(w, err)
	}
}
