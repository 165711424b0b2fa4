package ecrtest

import (
	"strconv"

	"github.com/obmen-go/obmen/ecr"
)

// CodeScript: a fault script that cannot be read.
const CodeScript = "ECR-TEST-SCRIPT"

var messagesEN = map[string]string{CodeScript: "fault script: {reason}"}

var messagesRU = map[string]string{CodeScript: "Сценарий сбоев не разобран: {reason} · исправьте его."}

func scriptError(step int, text string, err error) error {
	return ecr.NewError(CodeScript, ecr.Details{
		Path: "step " + strconv.Itoa(step) + " (" + text + ")", EN: messagesEN[CodeScript], RU: messagesRU[CodeScript],
		Args: []ecr.Arg{{Name: "reason", Value: err}},
	})
}
