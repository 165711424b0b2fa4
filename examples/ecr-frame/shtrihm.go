package main

import (
	"encoding/hex"
	"fmt"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// shtrihM frames tell their link level by the first byte. Only an answer may be
// FF and an error byte alone (some firmware refuses two-byte commands so): its
// command is then FF and the error is data.
func shtrihM(frame []byte, answers bool) (decoded, error) {
	var d decoded
	var body, again []byte
	var err error
	switch {
	case len(frame) > 0 && frame[0] == shtrihm.StartNumbered:
		d.Level = "v2"
		var f shtrihm.Numbered
		if f, err = shtrihm.ParseNumbered(nil, frame); err == nil {
			body = f.Body
			again, err = shtrihm.AppendNumbered(nil, f)
		}
	default:
		d.Level = "v1"
		if body, err = shtrihm.ParseFrame(frame); err == nil {
			again, err = shtrihm.AppendBody(nil, body)
		}
	}
	if err != nil {
		return decoded{}, err
	}
	switch {
	case len(body) == 0: // a sync, or nothing executed yet
	case answers && len(body) == 2 && body[0] == 0xFF:
		d.Cmd, d.Data = "ff", hex.EncodeToString(body[1:])
	default:
		cmd, data, err := shtrihm.ParseRequest(body)
		if err != nil {
			return decoded{}, err
		}
		d.Cmd, d.Data = fmt.Sprintf("%02x", uint16(cmd)), hex.EncodeToString(data)
	}
	d.OK, d.Reencoded = true, hex.EncodeToString(again)
	return d, nil
}
