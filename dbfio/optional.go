package dbfio

// Optional is a struct field that keeps absent, blank and value apart (D6). Its
// zero value is absent. T is string, bool, time.Time or an integer type.
type Optional[T any] struct {
	state State
	value T
}

// Some returns an Optional that holds v.
func Some[T any](v T) Optional[T] { return Optional[T]{Value, v} }

// Empty returns a blank Optional.
func Empty[T any]() Optional[T] { return Optional[T]{state: Blank} }

// State returns Absent, Blank or Value.
func (o Optional[T]) State() State { return o.state }

// Get returns the value and whether there is one.
func (o Optional[T]) Get() (T, bool) { return o.value, o.state == Value }

// IsAbsent says whether there is no such column.
func (o Optional[T]) IsAbsent() bool { return o.state == Absent }

// SetAbsent makes the Optional absent.
func (o *Optional[T]) SetAbsent() { *o = Optional[T]{} }

// SetBlank makes the Optional blank.
func (o *Optional[T]) SetBlank() { *o = Optional[T]{state: Blank} }

// SetValue gives the Optional a value.
func (o *Optional[T]) SetValue(v T) { *o = Optional[T]{Value, v} }

// OptionalSetter is what a Decoder looks for in a pointer to a field: any type
// of any package that has these methods keeps the three states, without
// importing dbfio. T is string, bool, int, int32, int64 or time.Time.
type OptionalSetter[T any] interface {
	// SetAbsent is called where the table has no such column.
	SetAbsent()
	// SetBlank is called for a blank cell.
	SetBlank()
	// SetValue is called with a cell's value.
	SetValue(T)
}

// OptionalGetter is what an Encoder looks for in a pointer to a field, the
// counterpart of OptionalSetter.
type OptionalGetter[T any] interface {
	// IsAbsent says that the field has nothing to do with the table: no column is
	// needed for it, and a cell, if there is a column, stays blank.
	IsAbsent() bool
	// Get returns the value, and false for blank or absent.
	Get() (T, bool)
}

// CellUnmarshaler is implemented by field types that read a cell themselves. An
// absent cell is passed too. The cell is valid during the call.
type CellUnmarshaler interface {
	// UnmarshalDBF sets the receiver from a cell; an error is given to the
	// caller as it is.
	UnmarshalDBF(c Cell) error
}

// CellMarshaler is implemented by field types that write a cell themselves.
type CellMarshaler interface {
	// MarshalDBF sets one cell of w's row, by one of its setters, or none of
	// them for a blank. col is -1 if the table has no such column.
	MarshalDBF(w *Writer, col int) error
}

var (
	_ OptionalSetter[string] = (*Optional[string])(nil)
	_ OptionalGetter[string] = (*Optional[string])(nil)
)
