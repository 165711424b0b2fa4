package permit

import (
	"strconv"
	"time"
)

// Item is what an answer says about one mark. Pointers are nil where the answer
// does not say it: absent is not false and not 0 (M61).
type Item struct {
	// CIS is the mark as the answer names it, PrintView its identity.
	CIS, PrintView string
	// GTIN is the number of the goods.
	GTIN string
	// Groups are the product groups.
	Groups []int
	// Found: the code is known. Valid: its structure is right. Verified: its
	// signature holds. Utilised: it was reported as applied to a package.
	// Realizable: it is in circulation. Sold: it was sold.
	Found, Valid, Verified, Utilised, Realizable, Sold *bool
	// Blocked: a state body (one of OGVs) has forbidden the sale.
	Blocked *bool
	// OGVs are the state bodies that have blocked the code: RAR, FTS, RSHN …
	OGVs []string
	// GreyGTIN: the local module knows the GTIN only; the code itself must be
	// checked online.
	GreyGTIN *bool
	// Tracking: the goods are traced piece by piece. GreyZone: goods of before
	// the marking may be sold though they are not in circulation.
	Tracking, GreyZone *bool
	// Owner: whoever asked owns the code.
	Owner *bool
	// ErrorCode is the marking system's own error, 0 for none; Message is its text.
	ErrorCode *int64
	// Message is the marking system's text.
	Message string
	// EliminationState is recorded and never decides.
	EliminationState *int64
	// MRP is the highest retail price of tobacco, the lowest of nicotine goods;
	// SMP the lowest price. In kopecks.
	MRP, SMP *int64
	// InnerUnits is how many units are in the pack, SoldUnits how many of them
	// were sold.
	InnerUnits, SoldUnits *int64
	// PackageType is UNIT, GROUP and so on; PackageQuantity how many codes the
	// pack can hold.
	PackageType     string
	PackageQuantity *int64
	// Parent is the code of the pack around it, ProducerINN the producer's tax number.
	Parent, ProducerINN string
	// Expires is the end of its life as the answer words it, VariableExpires all
	// dates of variableExpirations. Produced is the day of production.
	Expires         string
	VariableExpires []string
	Produced        string
}

// millis reads milliseconds since 1970.
func millis(text string) (time.Time, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	return time.UnixMilli(n), true
}
