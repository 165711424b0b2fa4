package receipt

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The tags of an operation that a receipt with marks uses.
const (
	TagQuantity       uint16 = 1023 // количество предмета расчёта
	TagIndustry       uint16 = 1260 // отраслевой реквизит предмета расчёта, which holds the next four
	TagIndustryFOIV   uint16 = 1262 // идентификатор ФОИВ
	TagIndustryDate   uint16 = 1263 // дата документа основания
	TagIndustryNumber uint16 = 1264 // номер документа основания
	TagIndustryValue  uint16 = 1265 // значение отраслевого реквизита
	TagFraction       uint16 = 1291 // дробное количество, which holds the next two
	TagNumerator      uint16 = 1293 // числитель
	TagDenominator    uint16 = 1294 // знаменатель
	TagUnit           uint16 = 2108 // мера количества
)

// MaxIndustryValue is the longest value of tag 1265 in characters (M66).
const MaxIndustryValue = 256

// TagType is how a tag's value is written; the numbers are the driver's.
type TagType uint8

// The types. Their zero is a real one, the byte: set it on purpose.
const (
	TagByte   TagType = 0 // one byte
	TagVLN    TagType = 3 // a number of variable length (VLN)
	TagFVLN   TagType = 4 // a number with decimals (FVLN)
	TagString TagType = 7 // a text
	TagGroup  TagType = 8 // tags inside a tag (STLV)
)

var tagTypeNames = names{0: "byte", 3: "VLN", 4: "FVLN", 7: "string", 8: "STLV"}

// String returns byte, VLN, FVLN, string or STLV, TagType(N) for any other value.
func (t TagType) String() string { return tagTypeNames.of("TagType", uint8(t)) }

// Tag is a tag with its value, which stands in the field that its type names.
type Tag struct {
	// Number is the tag's number.
	Number uint16
	// Type is how the value is written.
	Type TagType
	// Text is the value of TagString.
	Text string
	// Value is that of TagByte and TagVLN, and in millionths of TagFVLN.
	Value int64
	// Tags are those inside a TagGroup, in their order.
	Tags []Tag
}

// String describes the tag: "1262=030", "1260 {1262=030 …}".
func (t Tag) String() string {
	switch t.Type {
	case TagString:
		return fmt.Sprintf("%d=%s", t.Number, t.Text)
	case TagFVLN:
		return fmt.Sprintf("%d=%s", t.Number, Quantity(t.Value))
	case TagGroup:
		parts := make([]string, len(t.Tags))
		for i, inner := range t.Tags {
			parts[i] = inner.String()
		}
		return fmt.Sprintf("%d {%s}", t.Number, strings.Join(parts, " "))
	}
	return fmt.Sprintf("%d=%d", t.Number, t.Value)
}

// Industry is block 1260 of an item that was sold by a permit check (M66). A
// permit.Industry converts to it.
type Industry struct {
	FOIV   string // tag 1262, up to 3 characters
	Date   string // tag 1263, DD.MM.YYYY
	Number string // tag 1264, up to 32 characters
	Value  string // tag 1265, up to MaxIndustryValue characters
}

// Tags returns the four tags in the source's order.
func (b Industry) Tags() []Tag {
	return []Tag{
		{Number: TagIndustryFOIV, Type: TagString, Text: b.FOIV},
		{Number: TagIndustryDate, Type: TagString, Text: b.Date},
		{Number: TagIndustryNumber, Type: TagString, Text: b.Number},
		{Number: TagIndustryValue, Type: TagString, Text: b.Value},
	}
}

// problem names the first tag whose value a register would not take, 0 if none.
func (b Industry) problem() uint16 {
	for i, max := range []int{3, 10, 32, MaxIndustryValue} {
		t := b.Tags()[i]
		if n := utf8.RuneCountInString(t.Text); n < 1 || n > max || badRune(t.Text, cp866) >= 0 {
			return t.Number
		}
	}
	if len(b.Date) != 10 || b.Date[2] != '.' || b.Date[5] != '.' {
		return TagIndustryDate
	}
	return 0
}
