package session_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

func TestFirst(t *testing.T) {
	tl := newTill(t, nil, session.Options{})
	tl.sells(markA)
	tl.sells(markB)
	tl.refuses(markA, notice.Duplicate)
	tl.closes(markA, markB)
	assert.Equal(t, []string{sessiontest.CallCheck, sessiontest.CallAccept, sessiontest.CallCheck, sessiontest.CallAccept,
		sessiontest.CallOperation, sessiontest.CallBind, sessiontest.CallOperation, sessiontest.CallBind, sessiontest.CallClose}, tl.device.Names(true))
}
