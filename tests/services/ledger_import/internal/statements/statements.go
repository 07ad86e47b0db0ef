// Package statements writes statements of account.
package statements

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"time"

	"example.com/svc-ledger/internal/export"
	"example.com/svc-ledger/internal/ledger"
)

// Accounts is what a statement needs of a ledger.
type Accounts interface {
	Account(number uint64) (ledger.Account, bool)
}

// Handler answers /statements/NUMBER.
func Handler(accounts Accounts) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.ParseUint(path.Base(r.URL.Path), 10, 64)
		if err != nil {
			http.Error(w, "an account is a number", http.StatusBadRequest)
			return
		}
		if !write(w, accounts, number) {
			http.NotFound(w, r)
		}
	})
}

// Nightly writes the statements of all n accounts, over and over, unhurried.
func Nightly(accounts Accounts, n int) {
	for i := 0; ; i++ {
		write(io.Discard, accounts, export.Number(i%n))
		if i%150 == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func write(w io.Writer, accounts Accounts, number uint64) bool {
	account, ok := accounts.Account(number)
	if ok {
		opened := time.Unix(int64(account.Opened), 0).UTC().Format(time.DateOnly)
		fmt.Fprintf(w, "%d %s %.2f %s since %s\n",
			number, account.Owner, float64(account.Cents)/100, account.Currency[:3], opened)
	}
	return ok
}
