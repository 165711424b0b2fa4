package main

import (
	"encoding/hex"

	"github.com/obmen-go/obmen/ecr/customru"
)

// protocols lists what -protocol names: each reads one frame without its control
// byte. answers says that the device sent it.
var protocols = map[string]func(frame []byte, answers bool) (decoded, error){
	"customru": customRU,
	"shtrihm":  shtrihM,
}

// customRU frames look alike in both directions.
func customRU(frame []byte, _ bool) (decoded, error) {
	f, err := customru.ParseFrame(frame)
	if err != nil {
		return decoded{}, err
	}
	again, err := f.AppendBinary(nil)
	if err != nil {
		return decoded{}, err
	}
	return decoded{
		Cmd:       hex.EncodeToString([]byte{byte(f.Cmd)}),
		Data:      hex.EncodeToString(f.Data),
		OK:        true,
		Reencoded: hex.EncodeToString(again),
	}, nil
}
