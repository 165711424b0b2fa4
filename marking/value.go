package marking

import (
	"strconv"
	"strings"
	"time"
)

// priceDigits are the digits of a КМК's price code, base 80, in the order of their values (M8).
const priceDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"%&'*+-./_,:;=<>?"

// Price returns the price inside the code in kopecks: AI 8005, or the price
// code of a КМК. ok is false where the code has none, where the price code is
// AAAA (0, no price), or where it holds characters that are no digits of it.
func (c Code) Price() (kopecks int64, ok bool) {
	if c.kind == KindKMK {
		for _, r := range []byte(c.value("price")) {
			d := strings.IndexByte(priceDigits, r)
			if d < 0 {
				return 0, false
			}
			kopecks = kopecks*int64(len(priceDigits)) + int64(d)
		}
		return kopecks, kopecks > 0
	}
	kopecks, err := strconv.ParseInt(c.value("8005"), 10, 64)
	return kopecks, err == nil
}

// PriceCode returns the four characters that stand for a price in a КМК; ok is
// false below 0 and above 409 599,99 roubles.
func PriceCode(kopecks int64) (code string, ok bool) {
	const base = int64(len(priceDigits))
	if kopecks < 0 || kopecks >= base*base*base*base {
		return "", false
	}
	var b [4]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = priceDigits[kopecks%base]
		kopecks /= base
	}
	return string(b[:]), true
}

// Weight returns the net weight of AI 310x in milligrams (10⁻⁶ kg).
func (c Code) Weight() (milligrams int64, ok bool) { return c.metric("310") }

// Volume returns the volume of AI 335x in 10⁻⁶ litres.
func (c Code) Volume() (microlitres int64, ok bool) { return c.metric("335") }

// metric reads a measure whose identifier ends with its number of decimals.
func (c *Code) metric(prefix string) (int64, bool) {
	for i := range c.elements[:c.count] {
		e := c.element(i)
		if len(e.AI) != 4 || !strings.HasPrefix(e.AI, prefix) || c.kind == KindKMK {
			continue
		}
		n, err := strconv.ParseInt(e.Value, 10, 64)
		for range 6 - int(e.AI[3]-'0') {
			n *= 10
		}
		return n, err == nil
	}
	return 0, false
}

// Expires returns the last day of AI 17, at midnight UTC; a day 00 stands for
// the last of the month. ok is false without the AI, or if there is no such day.
func (c Code) Expires() (time.Time, bool) { return c.date("17") }

// Produced returns the production day of AI 11, at midnight UTC.
func (c Code) Produced() (time.Time, bool) { return c.date("11") }

func (c *Code) date(ai string) (time.Time, bool) {
	v := c.value(ai)
	if len(v) != 6 {
		return time.Time{}, false
	}
	year, month, day := 2000+number(v[:2]), time.Month(number(v[2:4])), number(v[4:])
	if month < time.January || month > time.December {
		return time.Time{}, false
	}
	if day == 0 {
		return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC), true
	}
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == day
}

func number(two string) int { return int(two[0]-'0')*10 + int(two[1]-'0') }

// Batch returns AI 10, the number of a batch.
func (c Code) Batch() string { return c.value("10") }
