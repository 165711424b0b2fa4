package shtrihm_test

import (
	"context"
	"fmt"

	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
)

// A device answers the check of a marking code: frame, command, error, data.
func ExampleParseAnswer() {
	frame := []byte{0x02, 0x07, 0xFF, 0x61, 0x00, 0x00, 0x01, 0x05, 0x00, 0x9D}
	body, err := shtrihm.ParseFrame(frame)
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := shtrihm.ParseAnswer(0xFF61, body)
	fmt.Printf("%v error %d data % X %v\n", answer.Cmd, answer.Code, answer.Data, err)
	// Output: FF61h error 0 data 00 01 05 00 <nil>
}

func ExampleAppendNumbered() {
	frame, err := shtrihm.AppendNumbered(nil, shtrihm.Numbered{HasNumber: true, Number: 1, Body: []byte{0xFC}})
	fmt.Printf("% X %v\n", frame, err)
	// Output: 8F 03 00 01 00 FC 7D E6 <nil>
}

// A receipt of one position. With a real device, dial is
// (&ecr.Dialer{}).Func("tcp://192.168.137.111:7778").
func ExampleDevice() {
	server := &ecrtest.Server{Device: shtrihmtest.New(nil)}
	defer server.Close()
	device := shtrihm.NewDevice(shtrihm.NewLink(server.Dial, nil), nil)
	defer device.Close()
	ctx := context.Background()

	err := device.Operation(ctx, shtrihm.Operation{
		Type: shtrihm.Sale, Quantity: 1_000_000, Price: 100_00, Rate: shtrihm.TaxNone, PaymentType: 4, Subject: 1, Name: "Хлеб",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	closing := shtrihm.Closing{TaxSystem: 2}
	closing.Payments[shtrihm.PayCash] = 150_00
	closed, err := device.CloseReceipt(ctx, closing)
	if err != nil {
		// What became of it? Not a repeat, but a question.
		recovery, err := device.Recover(ctx, err)
		fmt.Println(recovery.Verdict, err)
		return
	}
	fmt.Println("change", closed.Change, "document", closed.FD)
	// Output: change 5000 document 102
}
