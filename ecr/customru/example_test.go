package customru_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
	"github.com/obmen-go/obmen/ecr/ecrtest"
)

// The quick start: sell, and after a lost answer ask before doing anything twice.
func Example() {
	// A register without hardware; with a real one its address stands here.
	faults, _ := ecrtest.ParseScript("cmd 85#1 hangup") // the answer gets lost
	server := &ecrtest.Server{Device: customrutest.New(&customrutest.Options{Faults: ecrtest.NewFaults(faults)})}
	defer server.Close()
	addr, err := server.Listen("127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}

	// For serial:// addresses: ecr.Dialer{Serial: serial.Dial}.
	dial, err := (&ecr.Dialer{}).Func("tcp://" + addr.String())
	if err != nil {
		log.Fatal(err)
	}
	register := customru.NewDevice(customru.NewLink(dial, nil), nil)
	defer register.Close()

	ctx := context.Background()
	vat, err := register.VATTable(ctx)
	if err != nil {
		log.Fatal(err)
	}
	department, err := vat.Department(1) // 20 %
	if err != nil {
		log.Fatal(err)
	}
	if err := register.OpenReceipt(ctx, customru.Sale, customru.TaxAutomatic, 0); err != nil {
		log.Fatal(err)
	}
	bun := customru.Item{Name: "Булка", Quantity: 2000, Price: 4550, Department: department, Method: 4, Subject: 1}
	if err := register.Sell(ctx, customru.Sale, bun); err != nil {
		log.Fatal(err)
	}
	closed, err := register.CloseReceipt(ctx, customru.Payment{Cash: 10000}, nil)
	if ecr.OutcomeOf(err) == ecr.Unknown {
		fmt.Println("unknown:", err)
		found, err := register.Recover(ctx, err)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("recovered:", found.Verdict)
		if found.Closed != nil {
			closed, err = *found.Closed, nil
		}
	}
	fmt.Println("document", closed.FD, "change", closed.Change)
	// Output:
	// unknown: ecr: command 85 close receipt: the device hung up (phase wait for answer) (outcome unknown): EOF
	// recovered: done
	// document 102 change 900
}

// A command without a method, and a trace of its bytes.
func ExampleLink_Do() {
	server := &ecrtest.Server{Device: customrutest.New(nil)}
	defer server.Close()
	link := customru.NewLink(server.Dial, &customru.Options{
		Tracer: ecr.TraceFunc(func(e ecr.TraceEvent) { fmt.Fprintln(os.Stdout, e.Line()) }),
	})
	defer link.Close()
	answer, err := link.Do(context.Background(), 0xF1, []byte{0x3F, 0x42, 0x0F, 0x00})
	fmt.Printf("%X %v\n", answer.Fields, err)
	// Output:
	// #1 - connected
	// #1 > 01 05 00 F1 ** ** ** ** ** | F1 device status
	// #1 < 06 | ACK
	// #1 < 01 07 00 F1 00 00 63 00 C7 00 20 | F1 device status
	// 00C700 <nil>
}
