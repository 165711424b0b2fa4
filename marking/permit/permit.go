package permit

import (
	"context"

	"github.com/obmen-go/obmen/marking"
)

// Checker asks whether marked goods may be sold (M60). [CDN], [LocalModule] and
// [Piot] are back ends, [Chain] the policy over them.
//
// Check never fails: what goes wrong is part of the verdict, so that it cannot
// be taken for a refusal. It returns when ctx ends at the latest, and may be
// called from several goroutines.
type Checker interface {
	// Check asks about one mark.
	Check(ctx context.Context, q Query) Verdict
}

// BatchChecker is a Checker that can ask for several marks in one request. All
// checkers of this package are. The verdicts stand in the order of the queries.
type BatchChecker interface {
	Checker
	// CheckAll asks about several marks within the limit of one.
	CheckAll(ctx context.Context, queries []Query) []Verdict
}

// CheckerFunc makes a function a [Checker].
type CheckerFunc func(ctx context.Context, q Query) Verdict

var _ Checker = CheckerFunc(nil)

// Check calls the function.
func (f CheckerFunc) Check(ctx context.Context, q Query) Verdict { return f(ctx, q) }

// CheckAll asks for all queries: at once if c is a [BatchChecker], else one
// after the other.
func CheckAll(ctx context.Context, c Checker, queries []Query) []Verdict {
	if b, ok := c.(BatchChecker); ok {
		return b.CheckAll(ctx, queries)
	}
	verdicts := make([]Verdict, len(queries))
	for i, q := range queries {
		verdicts[i] = c.Check(ctx, q)
	}
	return verdicts
}

// Query is what is asked about one mark.
type Query struct {
	// Mark is the whole mark with its separators.
	Mark marking.Code
	// Group is the number of the product group, as the catalogue has it; 0 if
	// it is not known: the answer tells it then ([marking.FindGroup]).
	Group int
	// Price is what the buyer pays for what carries the mark, discounts
	// included, in kopecks. 0 is unknown: the price rows of the rules cannot
	// be applied then.
	Price int64
	// Operation is what is done with the goods. Unset counts as a sale.
	Operation Operation
	// Partial is true if only a part of what carries the mark is sold: a
	// measured portion, or some pieces of a pack (item status 2, tag 1291).
	Partial bool
}

// isReturn says whether the rules of returns apply.
func (q Query) isReturn() bool { return q.Operation == OperationReturn }

// Operation is what is done with marked goods.
type Operation uint8

// The operations. The numbers are the operation types of a receipt.
const (
	OperationUnset  Operation = 0
	OperationSale   Operation = 1 // goods are sold
	OperationReturn Operation = 2 // a buyer brings goods back (M76)
)

var operationNames = names{"", "SALE", "RETURN"}

// String returns SALE or RETURN, "" for OperationUnset.
func (o Operation) String() string { return operationNames.of("Operation", uint8(o)) }

// MarshalText writes the name.
func (o Operation) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads a name that String returned; any other is an error with
// CodeName.
func (o *Operation) UnmarshalText(text []byte) error {
	n, err := operationNames.find("Operation", text)
	if err == nil {
		*o = Operation(n)
	}
	return err
}
