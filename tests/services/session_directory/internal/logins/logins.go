// Package logins is the people who log in and out.
package logins

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"math/rand"
	"time"

	"example.com/svc-sessions/internal/sessions"
)

const perTick = 300

// Directory is where sessions are kept.
type Directory interface {
	Login(token string, session *sessions.Session)
	Logout(token string)
	Find(token string) (*sessions.Session, bool)
}

// Run lets the population log in, then for ever one in and one out, anybody.
// It calls steady after so many of these turns and then goes on at an easy pace.
func Run(directory Directory, population, turns int, steady func()) {
	rng := rand.New(rand.NewSource(5))
	tokens := make([]string, population)
	for i := range tokens {
		tokens[i] = login(directory, rng, int64(i))
	}
	for n := 0; ; n++ {
		who := rng.Intn(population)
		directory.Logout(tokens[who])
		tokens[who] = login(directory, rng, int64(who))
		if n == turns {
			steady()
		}
		if n > turns && n%perTick == 0 {
			audit(directory, tokens[who])
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func login(directory Directory, rng *rand.Rand, user int64) string {
	var raw [16]byte
	rng.Read(raw[:])
	token := hex.EncodeToString(raw[:])
	directory.Login(token, &sessions.Session{User: user, Since: time.Now().Unix(), Scope: [3]int32{1, 2, 3}})
	return token
}

func audit(directory Directory, token string) {
	if session, ok := directory.Find(token); ok {
		json.NewEncoder(io.Discard).Encode(session)
	}
}
