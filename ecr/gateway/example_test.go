package gateway_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/gateway"
)

// Two programs share one register, here a simulated one. Each of them thinks that
// it has the register for itself.
func Example() {
	device := &ecrtest.Server{Device: customrutest.New(nil)}
	defer device.Close()

	g := gateway.New(device.Dial, &gateway.Options{Protocol: gateway.CustomRU, Reconnect: 2 * time.Second})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- g.Serve(ctx, listener) }()

	for _, program := range []string{"till", "report"} {
		dial, err := new(ecr.Dialer).Func("tcp://" + listener.Addr().String())
		if err != nil {
			log.Fatal(err)
		}
		link := customru.NewLink(dial, nil)
		register := customru.NewDevice(link, nil)
		status, err := register.ShiftStatus(ctx)
		fmt.Println(program, status.Open, err)
		link.Close()
	}
	s := g.Snapshot()
	fmt.Println(s.Exchanges, "exchanges,", s.Outcomes[ecr.Answered], "answered")

	stop() // an orderly stop: a running exchange ends first
	fmt.Println(<-served)
	// Output:
	// till true <nil>
	// report true <nil>
	// 2 exchanges, 2 answered
	// <nil>
}
