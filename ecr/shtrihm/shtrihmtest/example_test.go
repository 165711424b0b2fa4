package shtrihmtest_test

import (
	"context"
	"fmt"
	"io"

	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
)

// A register in memory answers the host's ENQ: it is idle.
func ExampleNew() {
	server := &ecrtest.Server{Device: shtrihmtest.New(nil)}
	defer server.Close()
	conn, err := server.Dial(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	conn.Write([]byte{shtrihm.ENQ})
	answer := make([]byte, 1)
	_, err = io.ReadFull(conn, answer)
	fmt.Printf("%X %v\n", answer, err)
	// Output: 15 <nil>
}
