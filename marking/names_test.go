package marking_test

import (
	"encoding"
	"fmt"
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every name that MarshalText writes is read back, nothing else is, and no
// value makes String fail.
func TestNames(t *testing.T) {
	check := func(t *testing.T, n int, value func(int) fmt.Stringer, back encoding.TextUnmarshaler, typ string) {
		t.Helper()
		for i := range n {
			text, err := value(i).(encoding.TextMarshaler).MarshalText()
			require.NoError(t, err)
			require.NoError(t, back.UnmarshalText(text))
			assert.Equal(t, value(i).String(), fmt.Sprint(back))
			assert.Equal(t, value(i).String(), string(text))
		}
		assert.NotPanics(t, func() { _ = value(255).String() })
		err := back.UnmarshalText([]byte("nonsense"))
		require.Error(t, err)
		e := err.(*marking.Error)
		assert.Equal(t, marking.CodeName, e.Code())
		assert.Equal(t, "marking: nonsense is no "+typ+"; use one of the documented names", e.Error())
		assert.Empty(t, e.Candidates())
	}
	check(t, 11, func(i int) fmt.Stringer { return marking.Kind(i) }, new(marking.Kind), "kind")
	check(t, 18, func(i int) fmt.Stringer { return marking.Layout(i) }, new(marking.Layout), "layout")
	check(t, 3, func(i int) fmt.Stringer { return marking.Checksum(i) }, new(marking.Checksum), "checksum")
	check(t, 9, func(i int) fmt.Stringer { return marking.ActionKind(i) }, new(marking.ActionKind), "action")
	check(t, 11, func(i int) fmt.Stringer { return marking.Warning(i) }, new(marking.Warning), "warning")
	check(t, 3, func(i int) fmt.Stringer { return marking.Verdict(i) }, new(marking.Verdict), "verdict")
	check(t, 8, func(i int) fmt.Stringer { return marking.Cause(i) }, new(marking.Cause), "cause")
	for w := marking.WarnCheckDigit; w <= marking.WarnKeyboard; w++ {
		assert.NotEmpty(t, w.Message("ru"))
		assert.NotEqual(t, w.Message("ru"), w.Message("en"))
	}
	assert.Empty(t, marking.Warning(99).Message("en"))
	assert.False(t, read(t, s13).Warned(99))
}

func TestMessages(t *testing.T) {
	e := refused(t, kmk[:28])
	assert.EqualError(t, e, "marking: 28 characters instead of 29; scan again")
	assert.Equal(t, "28 characters instead of 29; scan again.", e.Message("en"))
	assert.Equal(t, "28 characters instead of 29; scan again.", e.Message("de"))
	assert.Equal(t, "Неверная длина: символов 28, нужно 29. Отсканируйте ещё раз.", e.Message("ru"))
	e = refused(t, "0104603934000748215rR#Tn7CqRO6f\x1d93AZub")
	assert.EqualError(t, e, "marking: character 22: '#' cannot stand here in a code; scan again, and check the scanner's keyboard layout and code page if it repeats")
	for scan, shown := range map[string]string{"1 2": "blank", "1\xff": "byte 0xFF", "1\x00": "U+0000", "1\u00ad": "U+00AD", "1é": "'é'", "1\U0001F600": "'😀'"} {
		assert.Contains(t, refused(t, scan).Error(), ": "+shown+" cannot", "%q", scan)
	}
}
