package flow_test

import (
	"fmt"

	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/session/flow"
)

func ExampleDecide() {
	d := flow.Decide(flow.FoundNoVerdict, permit.OutcomeOK, permit.LocalUnset)
	fmt.Println(d)
	fmt.Println(d.Notice.Message("ru"))
	// Output:
	// sell, online, register-offline (M45)
	// Проблема со связью ККТ с сервером проверки КМ. Возможно временный сбой. Обратитесь в техническую поддержку после обслуживания клиента.
}

func ExampleItemState_On() {
	_, err := flow.Removed.On(flow.Sell)
	fmt.Println(err)
	// Output:
	// flow: sell does not fit the state removed of the item; what fits: rescan, gone, forget
}
