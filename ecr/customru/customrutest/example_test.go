package customrutest_test

import (
	"context"
	"fmt"

	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
	"github.com/obmen-go/obmen/ecr/ecrtest"
)

// A register in memory is the truth that a host is held against.
func ExampleRegister_Executed() {
	register := customrutest.New(nil)
	server := &ecrtest.Server{Device: register}
	defer server.Close()
	device := customru.NewDevice(customru.NewLink(server.Dial, nil), nil)
	defer device.Close()
	_, err := device.CashIn(context.Background(), 100)
	fmt.Println(register.Executed(customru.CmdCashIn), register.Cash(), err)
	// Output: 1 100 <nil>
}
