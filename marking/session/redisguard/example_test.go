package redisguard_test

import (
	"fmt"

	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/redisguard"
)

// All tills of a shop share a server; marked goods are not sold without it.
func ExampleOpen() {
	guard, err := redisguard.Open("redis://:password@127.0.0.1:6379/0", &redisguard.Options{Prefix: "shop-12"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer guard.Close()
	options := session.Options{Guard: guard, GuardAway: session.GuardRefuse, Till: "till-3"}

	// What a wrong address says; a password in it is never shown.
	_, err = redisguard.Open("http://:password@127.0.0.1:6379", nil)
	fmt.Println(options.Till, err)
	// Output: till-3 redisguard: this is no address of a Redis server: redis://user:password@host:6379/0 is expected
}
