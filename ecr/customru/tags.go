package customru

import (
	"context"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// Tag is a tag that travels by itself (D8H): see [Item].Tags and [Closing].Tags.
// An empty one takes back what was sent before.
type Tag struct {
	Number uint16 // 1005, 1008, 1016, 1026, 1044, 1057, 1073..1075, 1171, 1222, 1225, 1226
	Text   string // value as text, up to 255 bytes in CP866
	Raw    []byte // value as bytes, in place of Text: the agent flags of 1057 and 1222
}

// Tags that the protocol takes; more are refused with code 2068.
const (
	TagOperatorAddress uint16 = 1005 // of the money transfer operator
	TagBuyerContact    uint16 = 1008 // "+79991234567" or "a@b"
	TagOperatorINN     uint16 = 1016 // of the money transfer operator
	TagOperatorName    uint16 = 1026 // of the money transfer operator
	TagAgentOperation  uint16 = 1044 // of the paying agent, up to 24 bytes
	TagAgent           uint16 = 1057 // flags of the receipt, one byte
	TagAgentPhone      uint16 = 1073 // of the paying agent; may stand several times
	TagReceiverPhone   uint16 = 1074 // of the operator that receives payments; the same
	TagOperatorPhone   uint16 = 1075 // of the money transfer operator; the same
	TagSupplierPhone   uint16 = 1171 // the same
	TagItemAgent       uint16 = 1222 // flags of the item, one byte
	TagSupplierName    uint16 = 1225 // of the item
	TagSupplierINN     uint16 = 1226 // of the item
)

// Agent flags of the tags 1057 and 1222: one byte in Tag.Raw.
const (
	AgentBank       byte = 1 << iota // bank paying agent
	AgentBankSub                     // bank paying sub-agent
	AgentPaying                      // paying agent
	AgentPayingSub                   // paying sub-agent
	AgentAttorney                    // attorney
	AgentCommission                  // commissioner
	AgentOther                       // another agent
)

const maxTag = 255 // bytes

func (t Tag) request(d *Device) *request {
	r := d.request(CmdTag).put(uint64(t.Number), 2).put(0, 1)
	if t.Raw != nil {
		return r.bytes(labelTag, t.Raw, 0, maxTag)
	}
	return r.text(labelTag, t.Text, 0, maxTag)
}

// tags puts tags before a command.
func (r *request) tags(d *Device, list []Tag) *request {
	for _, t := range list {
		tag := t.request(d)
		if tag.err != nil && r.err == nil {
			r.err = tag.err
		}
		r.before = append(r.before, tag)
	}
	return r
}

// SendTag is D8H by itself. The tags of an item and of a receipt stand better in
// [Item] and [Closing]: a tag of the receipt is lost with any command between it
// and the close, and that is also true of the queries which the close begins with.
func (d *Device) SendTag(ctx context.Context, t Tag) error { return d.call(ctx, t.request(d), nil) }

// ClearTags is D8H with tag 0: it takes back all that was sent.
func (d *Device) ClearTags(ctx context.Context) error { return d.SendTag(ctx, Tag{}) }

// VATTable says which department carries which VAT code (rule: VAT is not a
// field of the item, the department is).
type VATTable map[int]int

// VATTable reads table 120. The first department of a VAT code is taken; the
// codes are 1 = 20 %, 2 = 10 %, 3 = 0 %, 4 = none, 5 = 20/120, 6 = 10/110.
func (d *Device) VATTable(ctx context.Context) (VATTable, error) {
	t := VATTable{}
	for row := 1; row <= departmentRows; row++ {
		b, err := d.ReadRow(ctx, TableDepartments, row)
		if err != nil {
			return nil, err
		}
		if len(b) <= departmentVAT {
			continue // other firmware: nothing to be read of it
		}
		if vat := int(b[departmentVAT]); vat != 0 && t[vat] == 0 {
			t[vat] = row
		}
	}
	return t, nil
}

const (
	departmentRows = 16
	departmentVAT  = 38 // offset of the VAT code in a row
)

// Department returns the department of a VAT code, or an error with [CodeVAT].
func (t VATTable) Department(vat int) (int, error) {
	if row := t[vat]; row != 0 {
		return row, nil
	}
	return 0, ecr.NewError(CodeVAT, ecr.Details{
		EN: messagesEN[CodeVAT], RU: messagesRU[CodeVAT], Outcome: ecr.NotSent,
		Args: []ecr.Arg{{Name: "vat", Value: vat}},
	})
}

// VATRates reads family 016: the rates of the VAT codes 1..6 in 0.01 %, 2000 =
// 20 %. They can be programmed: ask, before a department is taken for a rate.
func (d *Device) VATRates(ctx context.Context) (rates [6]int, err error) {
	r := d.request(CmdReadFamily).put(FamilyVAT, 2)
	err = d.call(ctx, r, func(in *field.Reader) {
		for i := range rates {
			rates[i] = int(in.U16())
		}
	})
	return rates, err
}
