//go:build linux || windows

package serial

import "go.bug.st/serial/enumerator"

func ports() ([]Info, error) {
	details, err := enumerator.GetDetailedPortsList()
	if err != nil {
		return nil, err
	}
	list := make([]Info, len(details))
	for i, d := range details {
		list[i] = Info{Path: d.Name, USB: d.IsUSB, Vendor: d.VID, Product: d.PID, SerialNumber: d.SerialNumber}
	}
	return list, nil
}
