package ecr_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/obmen-go/obmen/ecr"
)

// What may be done after an error is decided by its outcome.
func ExampleOutcomeOf() {
	dialer := ecr.Dialer{}
	_, err := dialer.Dial(context.Background(), "tcp://127.0.0.1:1")
	fmt.Println(ecr.OutcomeOf(err))
	if e, ok := errors.AsType[*ecr.Error](err); ok {
		fmt.Println(e.Code(), e.Phase(), e.SafeToRetry())
		fmt.Println(e.Message("ru"))
	}
	// Output:
	// not-sent
	// ECR-CONNECT connect true
	// Нет связи с ККТ (tcp://127.0.0.1:1) · проверьте питание, кабель и адрес. Команда не выполнена, её можно повторить.
}

func ExampleParseAddress() {
	for _, s := range []string{"tcp://192.168.0.89", "serial:///dev/ttyUSB0?baud=115200", "serial://COM22"} {
		a, err := ecr.ParseAddress(s)
		fmt.Println(a, err)
	}
	// Output:
	// tcp://192.168.0.89:9100 <nil>
	// serial:///dev/ttyUSB0?baud=115200 <nil>
	// serial://COM22?baud=57600 <nil>
}
