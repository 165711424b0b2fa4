package customru

import (
	"time"

	"github.com/obmen-go/obmen/ecr/internal/field"
)

// TLV is a tag of a fiscal document as the drive keeps it: number, length, value.
// That the values are those of the fiscal data formats (text in CP866, numbers
// little-endian, times as seconds of Unix time) is an inference.
type TLV struct {
	Tag   uint16 // number of the tag
	Value []byte // its own; of a structure: the tags inside, see [TLV.Tags]
}

// Text is the value as text, without blanks around it.
func (t TLV) Text() string {
	in := field.Reader{Data: t.Value, Page: codePage}
	return in.Text(len(t.Value))
}

// Uint is the value as a number of up to 8 bytes; 0 for a longer one.
func (t TLV) Uint() uint64 {
	if len(t.Value) > 8 {
		return 0
	}
	in := field.Reader{Data: t.Value}
	return in.Uint(len(t.Value))
}

// Time is the value as a time, in UTC: the drive keeps the register's wall clock.
func (t TLV) Time() time.Time { return time.Unix(int64(t.Uint()), 0).UTC() }

// Tags are the tags inside a structure; false if the value is none.
func (t TLV) Tags() ([]TLV, bool) {
	in := field.Reader{Data: t.Value, Page: codePage}
	list := readTLVs(&in)
	return list, in.Err == nil && len(list) > 0
}

// readTLVs reads tags to the end of the data. They are copied.
func readTLVs(in *field.Reader) (list []TLV) {
	for in.Err == nil && len(in.Data) > 0 {
		tag := in.U16()
		value := in.Prefixed()
		if in.Err == nil {
			list = append(list, TLV{tag, append([]byte(nil), value...)})
		}
	}
	return list
}
