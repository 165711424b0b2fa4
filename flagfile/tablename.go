package flagfile

import (
	"strings"
)

// CheckTableName refuses a dbffile that is no plain name of a file in the folder:
// path separators, "..", drive letters and streams, characters that Windows
// forbids, device names with any extension, and names whose last character
// Windows would drop (FL13). The rule is the same on every system, since the other
// side of the folder may be a Windows computer.
func CheckTableName(name string) error {
	stem, _, _ := strings.Cut(name, ".")
	switch {
	case name == "", strings.HasSuffix(name, "."), strings.Trim(name, " ") != name,
		strings.ContainsAny(name, `/\:*?"<>|`), len(name) > 255,
		strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7F }),
		isDevice(strings.ToUpper(strings.TrimRight(stem, " "))):
		return fail(CodeTableName, "", "value", name)
	}
	return nil
}

func isDevice(stem string) bool {
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		port, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && len([]rune(port)) == 1 && strings.ContainsAny(port, "0123456789¹²³")
}
