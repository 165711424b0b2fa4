package ecr

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Worded is a value of an error's text that is worded in the language asked for:
// a [Phase], a [Phrase], a command of a protocol.
type Worded interface {
	// Words are the words in a language: "ru" is Russian, anything else English.
	Words(lang string) string
}

// Phrase is a part of a sentence in both languages: what a field's value is not,
// why an answer cannot be read, what to do next. The zero Phrase says nothing.
type Phrase struct {
	EN   string // with {placeholders}, as in a table of messages
	RU   string // the same placeholders
	Args []Arg  // their values
}

var (
	_ Worded       = Phrase{}
	_ Worded       = Phase(0)
	_ fmt.Stringer = Phrase{}
)

// Words fills the placeholders in.
func (p Phrase) Words(lang string) string {
	if lang == "ru" {
		return fill(p.RU, p.Args, lang)
	}
	return fill(p.EN, p.Args, lang)
}

// String is the phrase in English.
func (p Phrase) String() string { return p.Words("en") }

// IsZero says whether the phrase says nothing.
func (p Phrase) IsZero() bool { return p.EN == "" && p.RU == "" }

// Say makes a [Phrase]; the values stand for {1}, {2} and so on.
func Say(en, ru string, values ...any) Phrase {
	p := Phrase{EN: en, RU: ru}
	for i, v := range values {
		p.Args = append(p.Args, Arg{Name: strconv.Itoa(i + 1), Value: v})
	}
	return p
}

// fill puts values into a text, worded in its language.
func fill(text string, args []Arg, lang string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for _, a := range args {
		value := "***"
		if !a.Secret {
			value = wordsOf(a.Value, lang)
		}
		pairs = append(pairs, "{"+a.Name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func wordsOf(v any, lang string) string {
	switch v := v.(type) {
	case Worded:
		return v.Words(lang)
	case time.Duration:
		if lang == "ru" {
			return russianDuration(v)
		}
	}
	return fmt.Sprint(v)
}

// russianDuration is a limit as a cashier reads it: "10 с", "1,5 с", "5 мин".
func russianDuration(d time.Duration) string {
	switch {
	case d >= time.Minute && d%time.Minute == 0:
		return strconv.FormatInt(int64(d/time.Minute), 10) + " мин"
	case d >= time.Second || d <= 0:
		s := strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
		return strings.Replace(s, ".", ",", 1) + " с"
	case d >= time.Millisecond:
		return strconv.FormatInt(d.Milliseconds(), 10) + " мс"
	}
	return "меньше 1 мс"
}
