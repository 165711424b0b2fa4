package ecrtest_test

import (
	"fmt"

	"github.com/obmen-go/obmen/ecr/ecrtest"
)

func ExampleParseScript() {
	script, err := ecrtest.ParseScript("cmd FF45#1 drop-answer; time 2s power-loss")
	fmt.Println(script, err)
	hits := ecrtest.NewFaults(script).Frame("ff45")
	fmt.Println(hits.Has(ecrtest.DropAnswer), hits.Has(ecrtest.Garble))
	// Output:
	// cmd ff45#1 drop-answer; time 2s power-loss <nil>
	// true false
}
