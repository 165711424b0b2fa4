package serial_test

import (
	"context"
	"fmt"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/serial"
)

// A program that takes addresses of both kinds.
func ExampleDial() {
	dialer := ecr.Dialer{Serial: serial.Dial}
	_, err := dialer.Dial(context.Background(), "serial:///dev/ttyNONE0?baud=57601")
	fmt.Println(err)
	// Output:
	// ecr: /dev/ttyNONE0: speed 57601 is not possible on port /dev/ttyNONE0: give a speed of 2400..921600 and a mode such as 8N1 (outcome not-sent)
}
