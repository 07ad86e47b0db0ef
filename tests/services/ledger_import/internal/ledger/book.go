// Package ledger knows every account and its balance.
package ledger

import (
	"fmt"
	"io"
	"strconv"
	"sync"

	"example.com/rowbind"
	"example.com/testbed"
)

// Account is one row of the export, without its number.
type Account struct {
	Owner    string
	Currency [4]byte
	Opened   uint32
	Cents    int64
}

// Book holds all accounts; it is safe for concurrent use.
type Book struct {
	mu       sync.RWMutex
	accounts map[uint64]Account
}

// Open reads a whole export.
func Open(export io.Reader) (*Book, error) {
	accounts := make(map[uint64]Account)
	if err := rowbind.Into(accounts, export, bind); err != nil { // culprit: growth_storm, first presize
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return &Book{accounts: accounts}, nil
}

// Account returns the account with that number.
func (b *Book) Account(number uint64) (Account, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	account, ok := b.accounts[number]
	return account, ok
}

func bind(fields []string) (uint64, Account, error) {
	if len(fields) != 5 {
		return 0, Account{}, fmt.Errorf("%d fields, not 5", len(fields))
	}
	number, err := strconv.ParseUint(fields[0], 10, 64)
	if err != nil {
		return 0, Account{}, err
	}
	cents, err := strconv.ParseInt(fields[3], 10, 64)
	if err != nil {
		return 0, Account{}, err
	}
	opened, err := strconv.ParseUint(fields[4], 10, 32)
	if err != nil {
		return 0, Account{}, err
	}
	account := Account{Owner: fields[1], Opened: uint32(opened), Cents: cents}
	copy(account.Currency[:], fields[2])
	return number, account, nil
}

// Truth describes the accounts.
func (b *Book) Truth() testbed.Map {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return testbed.One("ledger.accounts", b.accounts)
}
