package permit

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/obmen-go/obmen/marking"
)

// Policy are the decisions that the law leaves to the shop, or changes. The
// zero value stands for the defaults.
type Policy struct {
	// Location is the shop's time zone, by which goods expire. It defaults to time.Local.
	Location *time.Location
	// ExpiryGroups are the product groups whose expiry date counts. It defaults
	// to those of the group table ([marking.Group]): milk, water, beer …
	ExpiryGroups []int
	// DayIncluded lets goods whose expiry is a day, without an hour, be sold on
	// that day. It defaults to refusing them from its first minute on.
	DayIncluded bool
	// MinimumGroups are the groups with a lowest price, smp. It defaults to 3 and 16.
	MinimumGroups []int
	// TobaccoGroups are the groups whose mrp is the highest price. It defaults to 3.
	TobaccoGroups []int
	// NicotineGroups are the groups whose mrp is the lowest price. It defaults to 16.
	NicotineGroups []int
	// Untraced looks at sold and realizable of goods that are not traced piece
	// by piece (isTracking is false). It defaults to ignoring both.
	Untraced bool
}

func (p Policy) zone() *time.Location {
	if p.Location == nil {
		return time.Local
	}
	return p.Location
}

func orGroups(groups []int, byDefault ...int) []int {
	if groups == nil {
		return byDefault
	}
	return groups
}

// Rule is a row of the decision rules (M65), for documents and settings pages.
type Rule struct {
	// Code is the reason code.
	Code string
	// Fields are the members of the answer that are looked at.
	Fields string
	// Answers says in which answers: "online", "offline" for ТС ПИоТ without
	// its link, "local", "local v2".
	Answers string
	// Returns is true if the row counts for returns too.
	Returns bool
}

// Rules returns the rows in the order in which they decide: the first that
// refuses gives the reason.
func Rules() []Rule {
	var list []Rule
	for _, r := range rules {
		list = append(list, Rule{r.code, r.fields, r.scope.String(), r.returns})
	}
	return list
}

// scope says what kind of answer a row is for.
type scope uint8

const (
	online scope = 1 << iota
	offline
	local
	localV2
)

func (s scope) String() string {
	switch s {
	case online:
		return "online"
	case offline:
		return "offline"
	case localV2:
		return "local v2"
	}
	return "local"
}

// facts are what a row may look at.
type facts struct {
	*Item
	Query
	Policy
	now time.Time
}

type rule struct {
	code    string
	fields  string
	scope   scope
	returns bool
	// test returns the pairs of arguments of the refusal, nil if the row passes.
	test func(f *facts) []any
}

// rules is the table of M65, top row first.
var rules = []rule{
	{CodeBadFormat, "errorCode, valid", online, true, func(f *facts) []any {
		number := int64(0)
		if f.ErrorCode != nil {
			number = *f.ErrorCode
		}
		if number != errorNotFound && (number != 0 || is(f.Valid, false)) {
			return []any{"detail", errorDetail(number)}
		}
		return nil
	}},
	{CodeNotFound, "found, errorCode", online, true, func(f *facts) []any {
		return when(is(f.Found, false) || f.ErrorCode != nil && *f.ErrorCode == errorNotFound)
	}},
	{CodeNotApplied, "utilised", online, true, func(f *facts) []any { return when(is(f.Utilised, false)) }},
	{CodeNotVerified, "verified", online, true, func(f *facts) []any { return when(is(f.Verified, false)) }},
	{CodeBlocked, "isBlocked, ogvs", online, true, func(f *facts) []any {
		if !is(f.Blocked, true) {
			return nil
		}
		return []any{"bodies", or(oneLine(strings.Join(f.OGVs, ", ")), "-")}
	}},
	{CodeSold, "sold, isTracking", online, false, func(f *facts) []any {
		return when(is(f.Sold, true) && f.traced())
	}},
	{CodeNotRealizable, "realizable, grayZone, sold, isTracking", online, true, func(f *facts) []any {
		return when(is(f.Realizable, false) && !is(f.GreyZone, true) && !is(f.Sold, true) && f.traced())
	}},
	{CodeExpired, "expireDate, variableExpirations", online, false, func(f *facts) []any {
		groups := f.ExpiryGroups
		if groups == nil {
			groups = expiryGroups()
		}
		if !f.inGroup(groups) {
			return nil
		}
		end, ok := f.expiry()
		if !ok || f.now.Before(end) {
			return nil
		}
		return []any{"date", end.In(f.zone()).Format("02.01.2006 15:04")}
	}},
	{CodeBelowMinimum, "smp, packageType, packageQuantity", online, false, func(f *facts) []any {
		if f.SMP == nil || !f.inGroup(orGroups(f.MinimumGroups, 3, 16)) {
			return nil
		}
		return f.priced(times(*f.SMP, f.packs()), func(price, limit int64) bool { return price < limit })
	}},
	{CodeAboveMaximum, "mrp, or the price in the code", online, false, func(f *facts) []any {
		return f.retail(orGroups(f.TobaccoGroups, 3), func(price, limit int64) bool { return price > limit })
	}},
	{CodeBelowRetail, "mrp, or the price in the code", online, false, func(f *facts) []any {
		return f.retail(orGroups(f.NicotineGroups, 16), func(price, limit int64) bool { return price < limit })
	}},
	{CodeNoUnitsLeft, "innerUnitCount, soldUnitCount", online, false, func(f *facts) []any {
		if !f.Partial || f.InnerUnits == nil || f.SoldUnits == nil || *f.InnerUnits-*f.SoldUnits > 0 {
			return nil
		}
		return []any{"units", *f.InnerUnits}
	}},

	// Without the server's data only two things can be known (M63, M64).
	{CodeOfflineBlocked, "isBlocked", offline, true, func(f *facts) []any { return when(is(f.Blocked, true)) }},
	{CodeOfflineSold, "sold", offline, false, func(f *facts) []any { return when(is(f.Sold, true)) }},
	{CodeLocalGreyGTIN, "isBlocked, isGreyGtin", local, true, func(f *facts) []any {
		return when(is(f.Blocked, true) && is(f.GreyGTIN, true))
	}},
	{CodeLocalBlocked, "isBlocked", local, true, func(f *facts) []any { return when(is(f.Blocked, true)) }},
	{CodeLocalSold, "sold", localV2, false, func(f *facts) []any { return when(is(f.Sold, true)) }},
}

// decide runs the rows of the scopes; nil is no refusal.
func decide(scopes scope, f *facts) *Error {
	for _, r := range rules {
		if r.scope&scopes == 0 || f.isReturn() && !r.returns {
			continue
		}
		if args := r.test(f); args != nil {
			return newError(r.code, args...)
		}
	}
	return nil
}

// is compares a value that may be absent.
func is(value *bool, want bool) bool { return value != nil && *value == want }

// when is the result of a row without arguments.
func when(refused bool) []any {
	if refused {
		return []any{}
	}
	return nil
}

// errorNotFound is the errorCode that says what found = false says (decision).
const errorNotFound = 10

func errorDetail(number int64) detail {
	details := []detail{CodeErrorOther, CodeErrorValidation, CodeErrorGTIN, CodeErrorSerial, CodeErrorCharacters,
		CodeErrorCrypto, CodeErrorSignature, CodeErrorKey, CodeErrorForeign, CodeErrorAIs, CodeErrorUnknown}
	switch {
	case number == 0:
		return CodeErrorValidation // valid = false alone
	case number > 0 && number < int64(len(details)):
		return details[number]
	}
	return CodeErrorOther
}

// traced says whether sold and realizable mean anything.
func (f *facts) traced() bool { return f.Untraced || !is(f.Tracking, false) }

// inGroup looks at the groups of the answer, or else at that of the query.
func (f *facts) inGroup(groups []int) bool {
	if len(f.Groups) == 0 {
		return f.Group != 0 && slices.Contains(groups, f.Group)
	}
	return slices.ContainsFunc(f.Groups, func(g int) bool { return slices.Contains(groups, g) })
}

func expiryGroups() []int {
	var ids []int
	for _, g := range marking.Groups() {
		if g.Expires {
			ids = append(ids, g.ID)
		}
	}
	return ids
}

// packs is how many pieces one mark stands for: a group pack has one for all.
func (f *facts) packs() int64 {
	if f.PackageQuantity == nil || *f.PackageQuantity < 2 || f.PackageType == "" || f.PackageType == "UNIT" {
		return 1
	}
	return *f.PackageQuantity
}

// times multiplies two numbers, of which n is positive; what does not fit is
// beyond any price.
func times(price, n int64) int64 {
	if price > math.MaxInt64/n {
		return math.MaxInt64
	}
	return price * n
}

func (f *facts) retail(groups []int, breaks func(price, limit int64) bool) []any {
	if !f.inGroup(groups) {
		return nil
	}
	if f.MRP != nil && *f.MRP > 0 {
		return f.priced(*f.MRP, breaks)
	}
	if kopecks, ok := f.Mark.Price(); ok {
		return f.priced(kopecks, breaks)
	}
	return nil
}

func (f *facts) priced(limit int64, breaks func(price, limit int64) bool) []any {
	if f.Price == 0 || limit <= 0 || !breaks(f.Price, limit) {
		return nil
	}
	return []any{"price", roubles(f.Price), "limit", roubles(limit)}
}

// unpriced says whether a price limit went unchecked for want of a price.
func (f *facts) unpriced() bool {
	return f.Price == 0 && !f.isReturn() && (f.SMP != nil || f.MRP != nil) &&
		(f.inGroup(orGroups(f.MinimumGroups, 3, 16)) || f.inGroup(orGroups(f.TobaccoGroups, 3)) || f.inGroup(orGroups(f.NicotineGroups, 16)))
}

func roubles(kopecks int64) string { return fmt.Sprintf("%d.%02d", kopecks/100, kopecks%100) }

// expiry is when the goods expire: the latest of the dates that depend on how
// they are kept, or else the one date.
func (f *facts) expiry() (end time.Time, ok bool) {
	for _, text := range f.VariableExpires {
		if t, good := f.moment(text); good && (!ok || t.After(end)) {
			end, ok = t, true
		}
	}
	if ok {
		return end, true
	}
	return f.moment(f.Expires)
}

// moment reads a date. One with an hour and a zone is a moment; midnight in UTC
// is how the system writes a mere day, which begins by the shop's clock, as
// does a day without an hour (decision).
func (f *facts) moment(text string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		if _, offset := t.Zone(); offset != 0 || t.Truncate(24*time.Hour) != t {
			return t, true
		}
		return f.day(t), true
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, f.zone()); err == nil {
			return t, true
		}
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return f.day(t), true
	}
	if t, ok := millis(text); ok && t.Year() > 2000 {
		return t, true
	}
	return time.Time{}, false
}

func (f *facts) day(t time.Time) time.Time {
	day := t.Day()
	if f.DayIncluded {
		day++
	}
	return time.Date(t.Year(), t.Month(), day, 0, 0, 0, 0, f.zone())
}
