package ecr

var messagesEN = map[string]string{
	CodeName:          "unknown {what} {value}",
	CodeAddress:       "address {address}: {reason}",
	CodeNoSerial:      "address {address}: this program was built without serial ports; give the dialer one of package ecr/serial",
	CodeConnect:       "the device at {address} cannot be reached",
	CodeQueue:         "gave up waiting for the exchange before this one",
	CodeUnsettled:     "the line did not become quiet within {limit} after a lost answer: the device is still busy or does not answer",
	CodeWrite:         "the request could not be written (phase {phase})",
	CodeACKTimeout:    "neither ACK nor NAK within {limit}",
	CodeAnswerTimeout: "no answer within {limit}",
	CodeInterByte:     "a frame stopped in the middle: no further byte within {limit}",
	CodeRejected:      "the device refused the frame {times} times (NAK)",
	CodeDamaged:       "the answer arrived damaged (phase {phase}): {reason}",
	CodeDeviceGone:    "the device hung up (phase {phase})",
	CodeCancelled:     "the caller gave up (phase {phase})",
	CodeClosed:        "the link is closed",
	CodeFrameTooLong:  "a request of {bytes} bytes does not fit into a frame: at most {maximum}",
	CodeAnswer:        "the answer cannot be read: {reason}",
}
