package notice_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking/session/notice"
)

// source is what stands between quotation marks in the source's lines.
func source(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("testdata/source.txt")
	require.NoError(t, err)
	quoted := map[string]bool{}
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\r", "")) {
		for i, part := range strings.Split(line, `"`) {
			if i%2 == 1 {
				quoted[part] = true
			}
		}
	}
	return quoted
}

func TestSource(t *testing.T) {
	quoted := source(t)
	t.Run("M46 every text of the catalogue is the source's, letter for letter", func(t *testing.T) {
		n := 0
		for _, k := range notice.Kinds() {
			if k.Source() {
				n++
				assert.True(t, quoted[k.Message("ru")], "%v: %q", k, k.Message("ru"))
			}
		}
		assert.Equal(t, 12, n)
	})
	t.Run("M46 no message of the source is missing", func(t *testing.T) {
		mine := map[string]bool{"Закрыть чек": true, "Проверка маркированного товара": true, "Код товара не распознан": true, "Идентификатор ФОИВ": true}
		for _, k := range notice.Kinds() {
			mine[k.Message("ru")] = true
		}
		for a := notice.OK; a <= notice.WasNotSold; a++ {
			mine[a.Text("ru")] = true
		}
		for text := range quoted {
			if strings.ContainsAny(text, "абвгдеАБВ") {
				assert.True(t, mine[text], "%q", text)
			}
		}
	})
	t.Run("M45 the source's answers", func(t *testing.T) {
		assert.True(t, quoted[notice.OK.Text("ru")])
		assert.True(t, quoted[notice.Snooze.Text("ru")])
		for _, k := range []notice.Kind{notice.RegisterOffline, notice.SoldOffline, notice.SoldPermit} {
			assert.Equal(t, []notice.Answer{notice.OK, notice.Snooze}, k.Answers(), k.String())
			assert.Equal(t, notice.Warning, k.Severity())
		}
	})
}

func TestCatalogue(t *testing.T) {
	t.Run("M48 refusals and unknown outcomes cannot be silenced", func(t *testing.T) {
		for _, k := range notice.Kinds() {
			if k.Severity() == notice.Refusal || k.Severity() == notice.Unsure || k.Severity() == notice.Question {
				assert.False(t, k.Silenceable(), k.String())
			}
		}
	})
	t.Run("M46 each notice carries a text for support", func(t *testing.T) {
		for _, k := range notice.Kinds() {
			for _, lang := range []string{"ru", "en"} {
				assert.NotEmpty(t, k.Message(lang), k.String())
				assert.NotEmpty(t, k.Support(lang), k.String())
				assert.NotEqual(t, k.Message(lang), k.Support(lang))
			}
			assert.NotEmpty(t, k.Severity().String())
		}
	})
	n := notice.Notice{Kind: notice.PermitRefused, Details: []string{"a", "b"}, Own: notice.Text{RU: "Товар продан.", EN: "Sold."}}
	assert.Equal(t, "Товар продан.", n.Message("ru"))
	assert.Equal(t, "Sold.", n.Message("en"))
	assert.True(t, strings.HasSuffix(n.Support("ru"), "(a; b)"), n.Support("ru"))
	assert.Contains(t, n.LogValue().String(), "permit-refused")
	assert.Empty(t, notice.Notice{}.Message("ru"))
	assert.Empty(t, notice.None.Answers())
}

func TestNames(t *testing.T) {
	for _, k := range notice.Kinds() {
		var back notice.Kind
		text, _ := k.MarshalText()
		require.NoError(t, back.UnmarshalText(text))
		assert.Equal(t, k, back)
	}
	for a := notice.OK; a <= notice.WasNotSold; a++ {
		var back notice.Answer
		text, _ := a.MarshalText()
		require.NoError(t, back.UnmarshalText(text))
		assert.Equal(t, a, back)
		assert.NotEmpty(t, a.Text("en"))
	}
	for s := notice.Info; s <= notice.Unsure; s++ {
		var back notice.Severity
		text, _ := s.MarshalText()
		require.NoError(t, back.UnmarshalText(text))
		assert.Equal(t, s, back)
	}
	for _, u := range []interface{ UnmarshalText([]byte) error }{new(notice.Kind), new(notice.Answer), new(notice.Severity)} {
		err := u.UnmarshalText([]byte("nonsense"))
		e, ok := errors.AsType[*notice.Error](err)
		require.True(t, ok)
		assert.Equal(t, notice.CodeName, e.Code())
		assert.Contains(t, e.Message("ru"), "nonsense")
	}
	assert.Equal(t, "Kind(200) Answer(200) Severity(200)", fmt.Sprint(notice.Kind(200), notice.Answer(200), notice.Severity(200)))
	assert.Empty(t, notice.Kind(200).Message("ru"))
	assert.Empty(t, notice.Kind(200).Support("ru"))
	assert.Empty(t, notice.Answer(200).Text("ru"))
}

func ExampleNotice() {
	n := notice.Notice{Kind: notice.RegisterOffline, Item: 2, Details: []string{"KMServerErrorCode -1"}}
	fmt.Println(n.Message("ru"))
	for _, a := range n.Answers() {
		fmt.Println("  [" + a.Text("ru") + "]")
	}
	fmt.Println(n.Support("en"))
	// Output:
	// Проблема со связью ККТ с сервером проверки КМ. Возможно временный сбой. Обратитесь в техническую поддержку после обслуживания клиента.
	//   [ОК]
	//   [Не напоминать 15 минут]
	// Find out why the register has no link to the server of Честный знак: its network, table 19 field 8. (KMServerErrorCode -1)
}
