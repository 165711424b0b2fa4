package receipt_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/obmen-go/obmen/marking/receipt"
)

// A receipt as a till's back office writes it, shown as the register commands it
// becomes, without a register.
func ExampleDryRun() {
	r, err := receipt.Decode(strings.NewReader(`{"type":"sale","taxSystem":2,"payments":{"electronic":5550},
		"items":[{"name":"Вода","price":5550,"quantity":"1","tax":4,"group":13,
		"mark":"303130343630333933343030303734383231357252465446376E3743711D3933415A7562"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, plan, err := receipt.DryRun(r, receipt.Device{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	os.Stdout.Write(plan.AppendListing(nil))
	// Output:
	// Set_CheckType: 1
	// Set_Tax1: 4
	// Set_PaymentTypeSign: 4
	// Set_PaymentItemSign: 33
	// Set_Price: 55.50
	// Set_Quantity: 1
	// Set_StringForPrinting: Вода
	// FNOperation: 0
	// Set_BarcodeHex: 30 31 30 34 36 30 33 39 33 34 30 30 30 37 34 38 32 31 35 72 52 46 54 46 37 6E 37 43 71 1D 39 33 41 5A 75 62
	// FNSendItemBarcode: 0
	// Set_Summ2: 55.50
	// Set_TaxType: 2
	// FNCloseCheckEx: 0
}

// paper is a printer that only says what it is told.
type paper struct{}

var _ receipt.Printer = paper{}

func (paper) Device(context.Context) (receipt.Device, error) {
	return receipt.Device{GroupTags: true}, nil
}
func (paper) OpenCheck(context.Context, receipt.Type) error { return nil }
func (paper) Operation(_ context.Context, o receipt.Operation) error {
	_, err := fmt.Println(o.Text, o.Price, "×", o.Quantity)
	return err
}
func (paper) SendTag(_ context.Context, t receipt.Tag) error {
	_, err := fmt.Println(t)
	return err
}
func (paper) SendItemBarcode(_ context.Context, m receipt.Mark) (receipt.Bound, error) {
	_, err := fmt.Println("mark of", len(m), "bytes")
	return receipt.Bound{}, err
}
func (paper) CloseCheck(context.Context, receipt.CloseCheck) (receipt.Closed, error) {
	return receipt.Closed{Document: 17}, nil
}

// A plan runs on anything that prints receipts. Sessions do this with their waits,
// journal and recoveries; a program without marks to lose may do it by itself.
func ExampleDo() {
	ctx, register := context.Background(), paper{}
	device, err := register.Device(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := receipt.Compose(medicines(), checks(), device)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, step := range plan.Steps {
		reply, err := receipt.Do(ctx, register, step.Command)
		if err != nil {
			fmt.Printf("command %d of %d, %s: %v\n", i+1, len(plan.Steps), step.Command.Name(), err)
			return
		}
		if reply.Closed.Document != 0 {
			fmt.Println("sold for", plan.Total, "by document", reply.Closed.Document)
		}
	}
	// Output:
	// Инъектран 100 × 1
	// 1260 {1262=030 1263=21.11.2023 1264=1944 1265=UUID=1e87c58a-2934-40f5-80cb-6cc319f6487a&Time=1737344126424}
	// mark of 85 bytes
	// Мерсилон 100 × 1
	// mark of 85 bytes
	// 1260 {1262=030 1263=21.11.2023 1264=1944 1265=UUID=11c7824b-b8b7-41c3-87ba-f94f5417a127&Time=1741083256444}
	// sold for 200 by document 17
}
