package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
)

func shtrihM(s *settings) (ecrtest.Device, error) {
	online, err := verdict(s.online, shtrihmtest.VerdictNoSave)
	if err != nil {
		return nil, fmt.Errorf("-online %q: give ok, negative, timeout or off", s.online)
	}
	rules, err := markRules(s.marks)
	if err != nil {
		return nil, err
	}
	return shtrihmtest.New(&shtrihmtest.Options{
		Faults: s.faults, Delay: s.delay, ShiftClosed: s.shiftClosed, Logger: s.log,
		FFAfterACK: s.ffAfterACK, CashCore: s.cashCore, Online: online, Marks: rules,
		OnCommand: func(e shtrihmtest.Entry) {
			result := "executed"
			if !e.Executed {
				name := (&shtrihm.DeviceError{Number: e.Code}).Name("en")
				result = fmt.Sprintf("refused with %02Xh %s", e.Code, name)
			}
			fmt.Fprintf(s.journal, "%s %v: %s\n", e.Time.Format("15:04:05.000"), e.Cmd, result)
		},
	}), nil
}

// markRules reads the values of -mark. The pattern may hold any character, so a
// value is split at its last equals sign.
func markRules(values []string) ([]shtrihmtest.MarkRule, error) {
	var rules []shtrihmtest.MarkRule
	for _, v := range values {
		i := strings.LastIndexByte(v, '=')
		if i < 0 {
			return nil, fmt.Errorf("-mark %q: write REGEXP=ANSWER", v)
		}
		pattern, err := regexp.Compile(v[:i])
		if err != nil {
			return nil, fmt.Errorf("-mark %q: %w", v, err)
		}
		answer, err := verdict(v[i+1:], shtrihmtest.VerdictOff)
		if err != nil {
			return nil, fmt.Errorf("-mark %q: the answer is ok, negative, timeout or nosave", v)
		}
		rules = append(rules, shtrihmtest.MarkRule{Pattern: pattern, Verdict: answer})
	}
	return rules, nil
}

// verdict reads a name; one of them is not for this flag.
func verdict(name string, but shtrihmtest.Verdict) (shtrihmtest.Verdict, error) {
	var v shtrihmtest.Verdict
	err := v.UnmarshalText([]byte(name))
	if err == nil && v == but {
		err = fmt.Errorf("%v does not belong here", v)
	}
	return v, err
}
