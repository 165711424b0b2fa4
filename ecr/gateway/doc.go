// Package gateway shares one fiscal register among several programs: it takes
// their connections over TCP and passes each request on, one at a time, as
// ECRService does. You need it where more than one program has to reach a
// register that takes one connection, and inside a service that must come back by
// itself after every fault:
//
//	dial, err := (&ecr.Dialer{Serial: serial.Dial}).Func("serial://COM22?baud=115200")
//	…
//	g := gateway.New(dial, &gateway.Options{Protocol: gateway.CustomRU, Reconnect: 2 * time.Second})
//	l, err := net.Listen("tcp", "127.0.0.1:8000")
//	…
//	err = g.Serve(ctx, l) // until ctx ends
//
// Requests and answers pass unchanged. The gateway knows frames and who may speak
// when; it understands no commands, except the receipt guard, which is opt-in.
//
// The one thing that it never does is to guess: once a byte of a request has gone
// to the device, the request is not sent again and no NAK is made up, because a
// host takes NAK for "not executed" and sells twice. When in doubt it hangs up on
// that client, whose link then says that the outcome is not known.
//
// # What a client sees
//
//	the device answered            its ACK or NAK and its answer, unchanged
//	the device is down, the queue
//	is full or too slow, a request
//	that is none                   CustomRU: NAK. Shtrih-M v1: NAK once, then the end.
//	                               Shtrih-M v2 and raw: the end of the connection
//	no ACK, no answer, garbage     the end of the connection
//
// # Rules and decisions
//
// Comments and tests cite these ids; those below E20 are explained in package ecr
// and in its protocols.
//
//   - E20: one exchange at a time, in turn over the clients, one queued request of
//     each: memory is bounded by clients × longest frame.
//   - E21: a request is assembled whole before a byte of it goes to the device.
//   - E22: with EarlyAck the ACK or NAK goes ahead in a write of its own; its order
//     before the answer is kept always. Nagle's algorithm is off.
//   - E23: no ACK in time: the device is dialled anew, the client hung up on.
//   - E24: no resending, no made-up NAK once a byte was written.
//   - E25: Reconnect says how often a lost device is dialled, also at start; with less than
//     0 (0 in the file) the gateway stays up and refuses.
//   - E26: ReleasePort opens the port for each exchange.
//   - E27: every failure of its list has a test; a damaged answer of CustomRU goes
//     on as it is, for its client's own check to fail.
//   - E28: raw ends a message by silence; ACK and busy bytes do not start the gap.
//   - E29: one Gateway for each device; gateways share nothing.
//   - E30: with ReceiptGuard the commands of others wait while a client has an open
//     receipt, reads pass. Shtrih-M's check of a mark begins it too, because the
//     memory of marks is shared. FF0Ah counts as a read, so that a till can learn
//     what became of a receipt (decision). A cancel that finds nothing to cancel
//     ends it: a till that only checked a mark frees the others so (decision).
//   - E31: [Gateway.Snapshot] and [Observer].
//   - E32: [Options.Tracer]; passwords, and the checksum that could tell a byte of
//     them, are masked unless Verbose.
//   - E33: the gateway runs the dialogue of Shtrih-M v1 with the device by itself
//     and answers a client's ENQ; an answer is kept for its client until that
//     client has acknowledged it. Before the limit of an answer is over the device
//     is asked once (ENQ, or a sync of v2): it has the answer still if only its way
//     here failed (decision).
//   - E34: numbers of v2 are the gateway's own towards the device and each client's
//     own towards it.
//   - E35: the limits are [Options], their defaults those of the rule.
//
// CustomRU's lone 05h to an idle device is a probe and passes (E6).
package gateway
