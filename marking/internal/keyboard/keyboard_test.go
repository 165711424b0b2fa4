package keyboard

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLayouts(t *testing.T) {
	t.Run("M21 every key and back", func(t *testing.T) {
		assert.Len(t, latin, len(russian))
		for r := rune(' '); r < 0x7f; r++ {
			typed := Type(string(r))
			back, bad := Undo(typed)
			assert.Equal(t, -1, bad, "%q", r)
			assert.Equal(t, string(r), back)
		}
		for i, r := range russian {
			assert.Equal(t, r, Key(latin[i]))
		}
	})
	t.Run("M21 what the layout cannot type", func(t *testing.T) {
		for _, s := range []string{"A", "z", "'", "<", ">", "[", "]", "{", "}", "|", "@", "#", "$", "^", "&", "~", "`", "і", "Ў"} {
			_, bad := Undo("фы" + s)
			assert.Equal(t, 4, bad, s)
		}
		same := "\x1d↔␝\ufffd\xe8\u00e8 09!%*()-_=+\\"
		back, bad := Undo(same)
		assert.Equal(t, -1, bad)
		assert.Equal(t, same, back)
	})
	t.Run("M21 letter case", func(t *testing.T) {
		assert.Equal(t, "aBфЫ1\x1d\xe8\ufffd↔è", SwapCase("AbФы1\x1d\xe8\ufffd↔è"))
	})
}
