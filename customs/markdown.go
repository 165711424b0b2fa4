package customs

import (
	"fmt"
	"strings"
)

var tableParts = []struct {
	title string
	rows  []row
}{
	{"Prompts", promptRows},
	{"Phase", phaseRows},
	{"Guards", guardRows},
	{"User and profile", userRows},
	{"Post code", postRows},
	{"Versions", versionRows},
	{"Persistence", storeRows},
	{"Persistence, further rows", extraRows},
}

// Table returns the decision table as Markdown, made from the rows that Resolve
// runs: id, condition, result, meaning. Within a part exactly one row applies.
func Table() string {
	var b strings.Builder
	b.WriteString("# Customs: decision table\n")
	for _, part := range tableParts {
		fmt.Fprintf(&b, "\n## %s\n\n| # | Condition | Result | Meaning | Смысл |\n|---|---|---|---|---|\n", part.title)
		for i := range part.rows {
			r := &part.rows[i]
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.id, r.condition(), r.then.String(), r.en, r.ru)
		}
	}
	return b.String()
}

func (r *row) condition() string {
	list := make([]string, 0, len(r.when))
	for i := range r.when {
		list = append(list, r.when[i].String())
	}
	return strings.Join(list, " or ")
}

var flagNames = []string{"reference post", "reference versions", "client post", "settings post", "settings versions",
	"ids changed", "automatic fallback", "posts asked", "V3 with a reference"}

// String returns the condition in words, "PRIMARY, DECL, N in 1/2+".
func (w *when) String() string {
	if w.prose != "" {
		return w.prose
	}
	var parts []string
	add := func(set bits, names []string, before string) {
		if set == 0 {
			return
		}
		var list []string
		for i, name := range names {
			if set&(1<<i) != 0 {
				list = append(list, name)
			}
		}
		parts = append(parts, before+strings.Join(list, "/"))
	}
	add(w.phase, phaseNames, "")
	add(w.kind, kindNames, "")
	add(w.initiative, initiativeNames, "")
	add(w.message, messageNames, "")
	add(w.role, roleNames, "")
	add(w.ref, stateNames, "R=")
	add(w.count, []string{"0", "1", "2+"}, "N=")
	for i, name := range flagNames {
		if w.has&(1<<i) != 0 {
			parts = append(parts, "with "+name)
		}
		if w.lacks&(1<<i) != 0 {
			parts = append(parts, "no "+name)
		}
	}
	return strings.Join(parts, ", ")
}

// String returns the effect in words, "user chosen, profile chosen (P2, P1)".
func (e *effect) String() string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(e.phase.String())
	if e.code != "" {
		add("error " + e.code)
	}
	add([]string{"", "current user", "user of the reference", "user chosen"}[e.user])
	add([]string{"", "first profile", "profile of the reference", "profile chosen"}[e.profile])
	add([]string{"", "client's post", "settings' post", "reference's post", "post asked"}[e.post])
	add([]string{"", "settings' versions", "reference's versions"}[e.versions])
	for _, p := range e.ask {
		add(string(p))
	}
	if e.store != ActionNone {
		add("reference: " + e.store.String())
	}
	if parts == nil {
		return "-"
	}
	return strings.Join(parts, ", ")
}
