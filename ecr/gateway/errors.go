package gateway

import "github.com/obmen-go/obmen/ecr"

// The codes of this package.
const (
	CodeServed = "ECR-GATEWAY-SERVED" // Serve was called a second time
	CodeListen = "ECR-GATEWAY-LISTEN" // the listener failed
)

func fail(code string, cause error) error {
	reason := ""
	if cause != nil {
		reason = cause.Error()
	}
	return ecr.NewError(code, ecr.Details{
		EN: messagesEN[code], RU: messagesRU[code], Cause: cause,
		Args: []ecr.Arg{{Name: "reason", Value: reason}},
	})
}
