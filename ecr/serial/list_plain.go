//go:build !linux && !windows

package serial

import driver "go.bug.st/serial"

// ports knows only the names: the USB numbers would need cgo here.
func ports() ([]Info, error) {
	names, err := driver.GetPortsList()
	if err != nil {
		return nil, err
	}
	list := make([]Info, len(names))
	for i, name := range names {
		list[i].Path = name
	}
	return list, nil
}
