package serial

import "slices"

// Info is what is known of a port without opening it.
type Info struct {
	Path         string // what Open takes: "/dev/ttyUSB0", "COM22"
	USB          bool   // the port is on USB; the rest is known of such ports only
	Vendor       string // USB vendor number in hex, "0DD4"
	Product      string // USB product number in hex
	SerialNumber string // of the USB device
}

// List lists the serial ports of this computer, by path. USB numbers are known
// on Linux and Windows. A port may be missing from the list and open all the same.
func List() ([]Info, error) {
	list, err := ports()
	if err != nil {
		return nil, fail(CodeList, "", err.Error(), nil)
	}
	slices.SortFunc(list, func(a, b Info) int {
		if len(a.Path) != len(b.Path) {
			return len(a.Path) - len(b.Path) // COM9 before COM10
		}
		if a.Path < b.Path {
			return -1
		}
		return 1
	})
	return list, nil
}
