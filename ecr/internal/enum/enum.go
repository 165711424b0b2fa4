// Package enum names the values of enumerations whose numbers a register defines.
package enum

import "fmt"

// Name is the name of a value, or its type and number if it has none: a peer may
// send any.
func Name[T ~byte | ~uint16 | ~int](names map[T]string, typ string, v T) string {
	if s, ok := names[v]; ok {
		return s
	}
	return fmt.Sprintf("%s(%d)", typ, v)
}
