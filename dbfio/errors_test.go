package dbfio

import (
	"errors"
	"strings"
	"testing"
)

func TestTexts(t *testing.T) {
	t.Run("D7 a name at the beginning of a sentence keeps its letters", func(t *testing.T) {
		for code, text := range messagesEN {
			if strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "{value}") && !strings.HasPrefix(text, "{count}") &&
				!strings.HasPrefix(text, "{written}") {
				t.Errorf("%s begins with a name, which Message would capitalise: %s", code, text)
			}
		}
	})
	t.Run("D7 a long value is shown in part, a wild one on one line", func(t *testing.T) {
		e := newError(CodeNumber, "value", strings.Repeat("я", 1000)).at(3, "LIMIT")
		if s := e.Error(); len(s) > 300 || !strings.Contains(s, "…") {
			t.Error(s)
		}
		e = newError(CodeNumber, "value", "a\n{width}\x00").at(3, "LIMIT")
		if s := e.Message("en"); s != `Row 3, column LIMIT: "a\n{width}\x00" is not a number.` {
			t.Error(s)
		}
		if m := e.Message("de"); m != e.Message("en") {
			t.Error(m)
		}
	})
	t.Run("D7 several problems are one error that can be looked into", func(t *testing.T) {
		var err error = Problems{newError(CodeNumber, "value", "x").at(1, "A"), newError(CodeDate, "value", "y").at(1, "B")}
		if text := err.(Problems).Message("ru"); strings.Count(text, "\n") != 1 || !strings.HasPrefix(text, err.(Problems)[0].Message("ru")) {
			t.Errorf("%q", text)
		}
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Column() != "A" || err.Error() != `dbfio: row 1, column A: "x" is not a number; dbfio: row 1, column B: "y" is not a date` {
			t.Error(err)
		}
	})
}
