package shtrihm_test

import (
	"fmt"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// A device answers the check of a marking code: frame, command, error, data.
func ExampleParseAnswer() {
	frame := []byte{0x02, 0x07, 0xFF, 0x61, 0x00, 0x00, 0x01, 0x05, 0x00, 0x9D}
	body, err := shtrihm.ParseFrame(frame)
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := shtrihm.ParseAnswer(0xFF61, body)
	fmt.Printf("%v error %d data % X %v\n", answer.Cmd, answer.Err, answer.Data, err)
	// Output: FF61h error 0 data 00 01 05 00 <nil>
}

func ExampleAppendNumbered() {
	frame, err := shtrihm.AppendNumbered(nil, shtrihm.Numbered{HasNumber: true, Number: 1, Body: []byte{0xFC}})
	fmt.Printf("% X %v\n", frame, err)
	// Output: 8F 03 00 01 00 FC 7D E6 <nil>
}
