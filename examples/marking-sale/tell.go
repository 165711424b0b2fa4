package main

import (
	"fmt"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// progress prints what is about to be done.
func (t *sale) progress(p session.Progress) {
	where := ""
	if n := t.number(p.Item); n > 0 {
		where = fmt.Sprintf(" item %d", n)
	}
	switch {
	case p.Total > 0 && p.Done == p.Total:
		fmt.Fprintf(t.stderr, "%d/%d done\n", p.Done, p.Total)
		return
	case p.Total > 0:
		fmt.Fprintf(t.stderr, "%d/%d %s%s\n", p.Done+1, p.Total, p.Step, where)
		return
	}
	fmt.Fprintf(t.stderr, "%s%s\n", p.Step, where)
}

// notify shows a message as the cashier sees it, and below it what support needs.
func (t *sale) notify(n notice.Notice) {
	message := n.Message("ru")
	where := ""
	if number := t.number(n.Item); number > 0 {
		where = fmt.Sprintf("item %d (%s): ", number, t.receipt.Items[number-1].Name)
	}
	fmt.Fprintf(t.stderr, "%s: %s%s\n", n.Severity(), where, message)
	if support := n.Support("ru"); support != "" {
		fmt.Fprintf(t.stderr, "  support: %s\n", support)
	}
	switch n.Severity() {
	case notice.Refusal, notice.Question, notice.Unsure:
		t.last = where + message
	}
}

// number is the item of receipt.json behind an item of the session.
func (t *sale) number(item int) int {
	switch n, ok := t.items[item]; {
	case item == 0:
		return 0
	case ok:
		return n
	}
	return t.current
}

// identity is what a mark is compared by.
func identity(m receipt.Mark) string {
	code, err := marking.Read(string(m), nil)
	if err != nil {
		return ""
	}
	return code.Identity()
}
