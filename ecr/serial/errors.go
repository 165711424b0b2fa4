package serial

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	driver "go.bug.st/serial"

	"github.com/obmen-go/obmen/ecr"
)

// The codes of this package.
const (
	CodeMode       = "ECR-SERIAL-MODE"       // a speed or mode that no register has
	CodeBusy       = "ECR-SERIAL-BUSY"       // this or another program holds the port
	CodeMissing    = "ECR-SERIAL-MISSING"    // there is no such port
	CodePermission = "ECR-SERIAL-PERMISSION" // the user may not open the port
	CodeOpen       = "ECR-SERIAL-OPEN"       // the port cannot be opened for another reason
	CodeList       = "ECR-SERIAL-LIST"       // the ports cannot be listed
)

func fail(code, path, reason string, cause error) error {
	return ecr.NewError(code, ecr.Details{
		Path: path, EN: messagesEN[code], RU: messagesRU[code], Cause: cause,
		Outcome: ecr.NotSent, Phase: ecr.PhaseConnect,
		Args: []ecr.Arg{{Name: "port", Value: path}, {Name: "reason", Value: reason}},
	})
}

// translate keeps the library's errors inside: what leaves is ours or the
// standard library's.
func translate(path string, err error) error {
	reason := err.Error()
	if e, ok := errors.AsType[*driver.PortError](err); ok {
		switch e.Code() {
		case driver.PortBusy:
			return fail(CodeBusy, path, reason, nil)
		case driver.PortNotFound:
			return fail(CodeMissing, path, reason, os.ErrNotExist)
		case driver.PermissionDenied:
			return fail(CodePermission, path, reason, os.ErrPermission)
		}
		return fail(CodeOpen, path, reason, nil)
	}
	switch {
	case errors.Is(err, syscall.EBUSY):
		return fail(CodeBusy, path, reason, nil)
	case errors.Is(err, fs.ErrNotExist):
		return fail(CodeMissing, path, reason, err)
	case errors.Is(err, fs.ErrPermission):
		return fail(CodePermission, path, reason, err)
	}
	return fail(CodeOpen, path, reason, nil)
}
