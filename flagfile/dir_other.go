//go:build !windows && (!unix || solaris || aix)

package flagfile

import (
	"errors"
	"io"
	"os"
)

func heldByAnother(error) bool { return false }

func diskState(error) int { return 0 }

func lockFile(string) (io.Closer, error) { return nil, errors.ErrUnsupported }

func syncFolder(*os.Root) error { return nil }
