package flow

import (
	"fmt"
	"strings"
)

// edge is a row of either table, for drawing.
type edge struct{ from, event, to, rule string }

// MachineName chooses a table to draw.
type MachineName string

// The tables.
const (
	Items    MachineName = "item"    // the states of an item
	Receipts MachineName = "receipt" // the states of a receipt
)

func edges(m MachineName) (list []edge, first string) {
	if m == Receipts {
		for _, s := range receiptSteps {
			from := "[*]"
			if s.From != 0 {
				from = s.From.String()
			}
			list = append(list, edge{from, s.Event.String(), s.To.String(), s.Rule})
		}
		return list, ""
	}
	for _, s := range itemSteps {
		list = append(list, edge{s.From.String(), s.Event.String(), s.To.String(), s.Rule})
	}
	return list, Scanned.String()
}

// Mermaid draws a table as a state diagram of Mermaid.
func Mermaid(m MachineName) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	list, first := edges(m)
	if first != "" {
		fmt.Fprintf(&b, "    [*] --> %s\n", first)
	}
	for _, e := range list {
		fmt.Fprintf(&b, "    %s --> %s: %s (%s)\n", e.from, e.to, e.event, e.rule)
	}
	for _, s := range finals(list) {
		fmt.Fprintf(&b, "    %s --> [*]\n", s)
	}
	return b.String()
}

// DOT draws a table as a graph of Graphviz.
func DOT(m MachineName) string {
	var b strings.Builder
	list, first := edges(m)
	fmt.Fprintf(&b, "digraph %s {\n\trankdir=LR;\n\t\"[*]\" [shape=point];\n", m)
	for _, s := range finals(list) {
		fmt.Fprintf(&b, "\t%q [shape=doublecircle];\n", s)
	}
	if first != "" {
		fmt.Fprintf(&b, "\t\"[*]\" -> %q;\n", first)
	}
	for _, e := range list {
		fmt.Fprintf(&b, "\t%q -> %q [label=%q];\n", e.from, e.to, e.event+" "+e.rule)
	}
	b.WriteString("}\n")
	return b.String()
}

// finals lists the states that no row leaves, in the order of the table.
func finals(list []edge) []string {
	leaves := map[string]bool{}
	for _, e := range list {
		leaves[e.from] = true
	}
	var out []string
	for _, e := range list {
		if !leaves[e.to] {
			leaves[e.to] = true
			out = append(out, e.to)
		}
	}
	return out
}
