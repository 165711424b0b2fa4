package receipt

import (
	"strconv"

	"github.com/obmen-go/obmen/marking"
)

// AppendListing appends the plan's commands in the form of the source's listing:
// a line for each property that is set, then the command with result 0. Sums
// are in roubles there. A listing holds whole marks: keep it out of logs.
func (p Plan) AppendListing(dst []byte) []byte {
	for _, s := range p.Steps {
		dst = s.Command.list(dst)
	}
	return dst
}

// AppendChecks appends what comes before the receipt: the check of each mark,
// its answer, and the number of results saved by then, in the order of the
// checks. The names are the source's, FNAcceptMakringCode included.
func AppendChecks(dst []byte, checks []Checked) []byte {
	for i, c := range checks {
		dst = appendInt(dst, "Set_CheckItemMode", 0)
		if c.Status > PieceSold {
			dst = appendInt(dst, "Set_ItemStatus", int64(c.Status))
		}
		dst = appendLine(dst, "Set_BarcodeHex", marking.EncodeHexPairs(string(c.Mark)))
		dst = appendDone(dst, "FNCheckItemBarcode")
		dst = appendLine(dst, "Get_MarkingType2", c.Answer.Type.String())
		dst = appendLine(dst, "Get_KMServerErrorCode", c.Answer.Server.String())
		dst = appendLine(dst, "Get_KMServerCheckingStatus", c.Answer.Status.String())
		dst = appendDone(dst, "FNAcceptMakringCode")
		dst = appendDone(dst, "FNGetMarkingCodeWorkStatus")
		dst = appendInt(dst, "Get_MCCheckResultSavedCount", int64(i+1))
	}
	return dst
}

func appendLine(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), ": "...)
	return append(append(dst, value...), '\n')
}

func appendInt(dst []byte, name string, value int64) []byte {
	return appendLine(dst, name, strconv.FormatInt(value, 10))
}

func appendDone(dst []byte, command string) []byte { return appendInt(dst, command, 0) }

func (c OpenCheck) list(dst []byte) []byte {
	dst = appendInt(dst, "Set_CheckType", int64(c.Type))
	return appendDone(dst, c.Name())
}

func (c Operation) list(dst []byte) []byte {
	dst = appendInt(dst, "Set_CheckType", int64(c.Type))
	dst = appendInt(dst, "Set_Tax1", int64(c.Tax))
	dst = appendInt(dst, "Set_PaymentTypeSign", int64(c.PaymentType))
	dst = appendInt(dst, "Set_PaymentItemSign", int64(c.Sign))
	dst = appendLine(dst, "Set_Price", c.Price.String())
	dst = appendLine(dst, "Set_Quantity", c.Quantity.String())
	dst = appendLine(dst, "Set_StringForPrinting", c.Text)
	return appendDone(dst, c.Name())
}

func (c SendTag) list(dst []byte) []byte {
	if c.Tag.Type != TagGroup {
		return appendDone(c.Tag.list(dst), c.Name())
	}
	dst = appendInt(dst, "Set_TagNumber", int64(c.Tag.Number))
	dst = appendDone(dst, "FNBeginSTLVTag")
	for _, t := range c.Tag.Tags {
		dst = appendDone(t.list(dst), "FNAddTag")
	}
	return appendDone(dst, c.Name())
}

func (t Tag) list(dst []byte) []byte {
	dst = appendInt(dst, "Set_TagNumber", int64(t.Number))
	dst = appendInt(dst, "Set_TagType", int64(t.Type))
	switch t.Type {
	case TagString:
		return appendLine(dst, "Set_TagValueStr", t.Text)
	case TagVLN:
		return appendInt(dst, "Set_TagValueVLN", t.Value)
	case TagFVLN:
		return appendLine(dst, "Set_TagValueFVLN", Quantity(t.Value).String())
	}
	return appendInt(dst, "Set_TagValueInt", t.Value)
}

func (c SendItemBarcode) list(dst []byte) []byte {
	dst = appendLine(dst, "Set_BarcodeHex", marking.EncodeHexPairs(string(c.Mark)))
	return appendDone(dst, c.Name())
}

func (c CloseCheck) list(dst []byte) []byte {
	for i, sum := range c.Payments.Sums() {
		if sum != 0 {
			dst = appendLine(dst, "Set_Summ"+strconv.Itoa(i+1), sum.String())
		}
	}
	dst = appendInt(dst, "Set_TaxType", int64(c.TaxSystem))
	return appendDone(dst, c.Name())
}
