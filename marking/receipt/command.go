package receipt

import (
	"context"
	"fmt"
	"strings"
)

// Command is one command to a register in the source's terms: [OpenCheck],
// [Operation], [SendTag], [SendItemBarcode] or [CloseCheck]. Commands are
// values: they can be shown, compared and stored.
type Command interface {
	// Name is the driver's name of the command, such as FNOperation.
	Name() string
	// String describes the command for people, without a mark's tail.
	String() string

	// do runs the command on a register.
	do(ctx context.Context, p Printer) (Reply, error)
	// list appends the command to a listing.
	list(dst []byte) []byte
}

var (
	_ Command = OpenCheck{}
	_ Command = Operation{}
	_ Command = SendTag{}
	_ Command = SendItemBarcode{}
	_ Command = CloseCheck{}
)

// OpenCheck opens the receipt. An operation does so by itself; registers that
// want tags and marks before the operation need it.
type OpenCheck struct {
	// Type is the type of the receipt.
	Type Type
}

// Name returns OpenCheck.
func (OpenCheck) Name() string { return "OpenCheck" }

// String describes the command.
func (c OpenCheck) String() string { return c.Name() + " " + c.Type.String() }

// Operation is one position of a receipt.
type Operation struct {
	// Type is that of the receipt (CheckType).
	Type Type
	// Tax is the rate of the VAT (Tax1).
	Tax Tax
	// PaymentType is PaymentTypeSign, Sign is PaymentItemSign.
	PaymentType PaymentType
	Sign        Sign
	// Price is for quantity 1, in kopecks.
	Price Money
	// Quantity is in millionths.
	Quantity Quantity
	// Text is StringForPrinting.
	Text string
}

// Name returns FNOperation.
func (Operation) Name() string { return "FNOperation" }

// String describes the command.
func (c Operation) String() string {
	return fmt.Sprintf("%s %s, %s × %s", c.Name(), c.Text, c.Price, c.Quantity)
}

// SendTag gives a tag to an operation.
type SendTag struct {
	// Tag is the tag with its value.
	Tag Tag
}

// Name returns FNSendTagOperation, for a group FNSendSTLVTagOperation.
func (c SendTag) Name() string {
	if c.Tag.Type == TagGroup {
		return "FNSendSTLVTagOperation"
	}
	return "FNSendTagOperation"
}

// String describes the command.
func (c SendTag) String() string { return c.Name() + " " + c.Tag.String() }

// SendItemBarcode binds a mark to an operation.
type SendItemBarcode struct {
	// Mark is the code with its GS, exactly the bytes that were checked.
	Mark Mark
}

// Name returns FNSendItemBarcode.
func (SendItemBarcode) Name() string { return "FNSendItemBarcode" }

// String describes the command.
func (c SendItemBarcode) String() string { return c.Name() + " " + c.Mark.String() }

// CloseCheck closes the receipt: from here on the goods are sold.
type CloseCheck struct {
	// Payments are the sums by kind of payment.
	Payments Payments
	// TaxSystem is TaxType.
	TaxSystem TaxSystem
}

// Name returns FNCloseCheckEx.
func (CloseCheck) Name() string { return "FNCloseCheckEx" }

// String describes the command.
func (c CloseCheck) String() string {
	var parts []string
	for i, sum := range c.Payments.Sums() {
		if sum != 0 {
			parts = append(parts, fmt.Sprintf("%s by payment %d", sum, i+1))
		}
	}
	return c.Name() + " " + strings.Join(parts, ", ")
}
