package permit

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/obmen-go/obmen/marking"
)

// answer is one answer to a check: the whole body of a CDN host, or one of the
// results of the other back ends.
type answer struct {
	code        int64
	description string
	stamp       Stamp
	items       []Item
}

// The codes inside answers that mean something of their own.
const (
	bodyOK          = 0
	bodyEmergency   = 203  // the system has declared an emergency (M62)
	bodyOverload    = 5000 // with a 5xx: one more try, then no other host is asked
	bodyNotReady    = 4045 // the local module is not configured or not initialised
	bodyNotInSync   = 4050 // the local module has not synchronised for too long
	maxDescription  = 200
	maxAnswersInOne = 100
)

// decodeCDN reads the answer of a CDN host (M61).
func decodeCDN(body []byte) (answer, error) {
	o, err := parseObject(body)
	if err != nil {
		return answer{}, err
	}
	a := o.answer()
	a.stamp.Source = SourceCDN
	return a, o.err()
}

// decodeLocal reads the answer of a local module; version 2 wraps it (M63).
func decodeLocal(body []byte) ([]answer, error) {
	o, err := parseObject(body)
	if err != nil {
		return nil, err
	}
	parts := []object{o}
	if o.has("results") {
		parts = o.objects("results")
	}
	var answers []answer
	for _, p := range parts {
		a := p.answer()
		a.stamp.Source, a.stamp.Offline = SourceLocal, true
		answers = append(answers, a)
	}
	if o.has("results") && o.has("code") {
		// The wrapper's own code speaks for all of its results.
		if n := o.number("code"); n != nil && *n != bodyOK {
			answers = []answer{{code: *n, description: o.description()}}
		}
	}
	return answers, o.err()
}

// decodePiot reads the answer of ТС ПИоТ (M64). Some versions wrap the list in
// a member of the same name once more.
func decodePiot(body []byte) ([]answer, error) {
	o, err := parseObject(body)
	if err != nil {
		return nil, err
	}
	list := o
	if v := o.members["codesResponse"]; len(v) > 0 && v[0] == '{' {
		list, _ = o.object("codesResponse")
	}
	if !list.has("codesResponse") {
		a := answer{code: o.bodyCode(), description: o.description()}
		return []answer{a}, o.err()
	}
	var answers []answer
	for _, p := range list.objects("codesResponse") {
		a := p.answer()
		a.stamp.Source = SourcePiot
		if offline := p.flag("isCheckedOffline"); offline != nil {
			a.stamp.Offline = *offline
		}
		answers = append(answers, a)
	}
	if n := o.bodyCode(); n != bodyOK {
		answers = []answer{{code: n, description: o.description()}}
	}
	return answers, o.err()
}

// bodyCodeOf reads the code of a body whatever else it is, -1 if it has none.
func bodyCodeOf(body []byte) int64 {
	o, err := parseObject(body)
	if err != nil {
		return -1
	}
	for _, name := range []string{"code", "errorCode", "statusCode"} {
		if n := o.number(name); n != nil {
			return *n
		}
	}
	return -1
}

func (o object) bodyCode() int64 {
	if n := o.number("code"); n != nil {
		return *n
	}
	return bodyOK
}

// description is the peer's own text: it goes through [redaction.text] before
// anybody sees it.
func (o object) description() string {
	for _, name := range []string{"description", "message", "error_message"} {
		if text := o.text(name); text != "" {
			return text
		}
	}
	return ""
}

// oneLine makes a text short and fit for a log.
func oneLine(text string) string {
	if r := []rune(text); len(r) > maxDescription {
		text = string(r[:maxDescription]) + "…"
	}
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }), " ")
}

func (o object) answer() answer {
	a := answer{
		code:        o.bodyCode(),
		description: o.description(),
		stamp: Stamp{
			ReqID:   o.text("reqId"),
			ReqTime: o.text("reqTimestamp"),
			Inst:    o.text("inst"),
			Ver:     o.text("version"),
		},
	}
	for _, c := range o.objects("codes") {
		a.items = append(a.items, c.item())
	}
	return a
}

func (o object) item() Item {
	i := Item{
		CIS: o.text("cis"), PrintView: o.text("printView"), GTIN: o.text("gtin"),
		Found: o.flag("found"), Valid: o.flag("valid"), Verified: o.flag("verified"),
		Utilised: o.flag("utilised"), Realizable: o.flag("realizable"), Sold: o.flag("sold"),
		Blocked: o.flag("isBlocked"), OGVs: o.texts("ogvs"), GreyGTIN: o.flag("isGreyGtin"),
		Tracking: o.flag("isTracking"), GreyZone: o.flag("grayZone"), Owner: o.flag("isOwner"),
		ErrorCode: o.number("errorCode"), Message: o.text("message"),
		EliminationState: o.number("eliminationState"),
		MRP:              o.number("mrp"), SMP: o.number("smp"),
		InnerUnits: o.number("innerUnitCount"), SoldUnits: o.number("soldUnitCount"),
		PackageType: o.text("packageType"), PackageQuantity: o.number("packageQuantity"),
		Parent: o.text("parent"), ProducerINN: o.text("producerInn"),
		Expires: o.text("expireDate"), VariableExpires: o.leaves("variableExpirations"), Produced: o.text("productionDate"),
	}
	for _, text := range o.texts("groupIds") {
		if n, err := strconv.Atoi(text); err == nil {
			i.Groups = append(i.Groups, n)
		} else {
			o.fail("%s: no integers", o.path("groupIds"))
		}
	}
	return i
}

// speaksOf says whether the item is about the mark: by its own spelling of the
// mark or by the identity, never by its place (M61).
func (i *Item) speaksOf(c marking.Code) bool {
	for _, name := range []string{i.CIS, i.PrintView} {
		if name != "" && isNameOf(name, c) {
			return true
		}
	}
	return false
}

func isNameOf(name string, c marking.Code) bool {
	const gs = string(marking.GS)
	bare := strings.ReplaceAll(name, gs, "")
	switch bare {
	case c.Identity(), strings.ReplaceAll(c.Text(), gs, ""):
		return true
	}
	if c.Kind() == marking.KindKMK {
		// A pack is named with its price code or without, and as 01…21….
		return bare == c.Text()[:kmkWithPrice] || bare == "01"+c.GTIN()+"21"+c.Serial()
	}
	raw, err := base64.StdEncoding.DecodeString(name)
	return err == nil && string(raw) == c.Text()
}

// kmkWithPrice is the length of a КМК without its check characters.
const kmkWithPrice = 25

// find looks for the mark in all answers.
func find(answers []answer, c marking.Code) (a *answer, item *Item, count int) {
	for i := range answers {
		for k := range answers[i].items {
			if answers[i].items[k].speaksOf(c) {
				a, item, count = &answers[i], &answers[i].items[k], count+1
			}
		}
	}
	return a, item, count
}
