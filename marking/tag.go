package marking

import "strconv"

// TagMark is tag 2000, the marking code as it was read: [Code.Text] is its value.
const TagMark = 2000

// The tags inside tag 1163 that say which product a code names.
const (
	TagProductUnknown = 1300 // a code that was not recognised, up to 32 characters
	TagProductEAN8    = 1301
	TagProductEAN13   = 1302
	TagProductITF14   = 1303
	TagProductGS1     = 1304 // GS1.0: 01, GTIN, 21, serial without a tail
	TagProductGS1M    = 1305 // GS1.М: 01, GTIN, 21, serial of a mark
	TagProductKMK     = 1306 // КМК: the same, made of GTIN and serial
	TagProductFur     = 1307 // МИ, 20 characters
	TagProductEGAIS2  = 1308 // 23 characters
	TagProductEGAIS3  = 1309 // 14 characters
)

// ProductTag returns the child of tag 1163 for this code, and its value. An
// SSCC and the zero Code, which no receipt can name, go as TagProductUnknown.
func (c Code) ProductTag() (tag int, value string) {
	switch c.kind {
	case KindEAN8:
		return TagProductEAN8, c.text
	case KindEAN13:
		return TagProductEAN13, c.text
	case KindITF14:
		return TagProductITF14, c.text
	case KindGS1:
		return TagProductGS1, c.Identity()
	case KindGS1M:
		return TagProductGS1M, c.Identity()
	case KindKMK:
		return TagProductKMK, "01" + c.GTIN() + "21" + c.Serial()
	case KindFur:
		return TagProductFur, c.text
	case KindEGAIS2:
		return TagProductEGAIS2, c.Identity()
	case KindEGAIS3:
		return TagProductEGAIS3, c.Identity()
	}
	return TagProductUnknown, c.text[:min(len(c.text), maxUnknown)]
}

// Sizes of tag 1162 and of the value of tag 1300, in bytes.
const (
	maxUnknown  = 32
	max1162     = 32
	kmkIn1162   = 11 // serial and price code
	kmkPadded   = 13
	unknown1162 = 30
)

// AppendProductCode appends the value of tag 1162 of the older formats (FFD
// 1.05 and 1.1): two bytes for the kind, the GTIN as six bytes big-endian, and
// for marks the serial; at most 32 bytes.
func (c Code) AppendProductCode(dst []byte) []byte {
	from := len(dst)
	switch c.kind {
	case KindEAN8:
		dst = appendNumber(append(dst, 0x45, 0x08), c.text)
	case KindEAN13:
		dst = appendNumber(append(dst, 0x45, 0x0d), c.text)
	case KindITF14:
		dst = appendNumber(append(dst, 0x49, 0x0e), c.text)
	case KindGS1M, KindGS1:
		dst = appendNumber(append(dst, 0x44, 0x4d), c.GTIN())
		dst = append(dst, c.Serial()...)
		dst = append(dst, c.value("8005")...)
	case KindKMK:
		dst = appendNumber(append(dst, 0x44, 0x4d), c.GTIN())
		dst = append(dst, c.text[gtinLength:gtinLength+kmkIn1162]...)
		for range kmkPadded - kmkIn1162 {
			dst = append(dst, ' ')
		}
	case KindFur:
		dst = append(append(dst, 0x52, 0x46), c.text...)
	case KindEGAIS2:
		dst = append(append(dst, 0xc5, 0x14), c.Identity()...)
	case KindEGAIS3:
		dst = append(append(dst, 0xc5, 0x1e), c.Identity()...)
	default:
		dst = append(append(dst, 0, 0), c.text[:min(len(c.text), unknown1162)]...)
	}
	return dst[:min(len(dst), from+max1162)]
}

// appendNumber appends digits as a number of six bytes, big-endian.
func appendNumber(dst []byte, text string) []byte {
	n, _ := strconv.ParseUint(text, 10, 64)
	return append(dst, byte(n>>40), byte(n>>32), byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}
