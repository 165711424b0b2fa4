package notice_test

import (
	"fmt"

	"github.com/obmen-go/obmen/marking/session/notice"
)

// All notices after which nobody knows what became of the receipt, with what the
// cashier may answer: a page of a manual makes itself.
func ExampleKinds() {
	for _, k := range notice.Kinds() {
		if k.Severity() != notice.Unsure {
			continue
		}
		fmt.Println(k.Code())
		for _, a := range k.Answers() {
			fmt.Println(" ", a, "-", a.Text("en"))
		}
	}
	// Output:
	// MARK-NOTICE-INTERRUPTED
	//   again - Again
	//   give-up - Cancel
	// MARK-NOTICE-UNKNOWN-OUTCOME
	//   again - Again
	//   was-sold - The receipt was printed
	//   was-not-sold - The receipt was not printed
}
