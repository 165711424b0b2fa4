// Package permit asks the marking system whether marked goods may be sold: the
// permit mode of Честный знак (разрешительный режим). A till needs it between
// the scan and the receipt:
//
//	cdn, err := permit.NewCDN(permit.CDNOptions{FiscalDrive: "9999078900000001",
//		Online: permit.Online{Tokens: permit.StaticToken(key, time.Time{})}})
//	local, err := permit.NewLocalModule(permit.LocalOptions{User: user, Password: password, ClientID: "9999078900000001"})
//	checker := permit.NewChain(permit.ChainOptions{CDN: cdn, Local: local})
//	defer checker.Close()
//	err = checker.Start(ctx)
//	…
//	verdict := checker.Check(ctx, permit.Query{Mark: mark, Price: 9900})
//
// A [Verdict] is a value: what online said, what the local module said, the
// reason of a refusal, why there is no answer, warnings for support, and the raw
// answer without its secrets. What goes wrong on the way never looks like a
// refusal, and a refusal never like a fault.
//
// # Back ends
//
//	(a) CDN          True API v4 over the CDN hosts          X-API-KEY
//	(b) LocalModule  the local module, v1 and v2             login and password
//	(c) Piot         ТС ПИоТ, the gateway by the till, v1–v3 token in the request
//	    Chain        the policy over them
//
// Package permittest has a server for each, with faults; anything else that
// implements [Checker] can stand in their place.
//
// # Rules and decisions
//
//   - M60: Chain asks (c) if there is one, else (a), and the local module at the
//     same time, under one limit of 1.5 s ([DefaultLimit]). The local verdict
//     counts only if online ends without one (decision). A fiftieth of the limit
//     is kept back, so that back ends can still say why they have no answer.
//   - M61: codes go out whole, with a true U+001D. Answers belong to a mark by
//     cis or printView, never by position; a mark that is missing, or there
//     twice, has no answer (decision). What an answer does not say is neither
//     false nor 0. A member of a wrong type makes the answer garbage, which is no
//     answer (decision); members that nobody reads may be anything.
//   - M62: the list of hosts is read at [CDN.Start] and again after 6 to 7 hours;
//     best average first, unmeasured hosts last. A time-out marks a host down for
//     15 minutes; 429 and 5xx after one more try; 5xx with body code 5000 ends
//     the online part after one more try; 401 asks the [TokenSource] once; any
//     other answer ends it without a verdict. All down: marks cleared, the list
//     read once more, then no answer. 203 is an emergency, for all groups, for 72
//     hours at most, until the first normal answer, kept in a [Store]. A host of
//     the list that would get the token over less than the list itself came by
//     is left out with a warning (decision); redirects are not followed
//     (decision).
//   - M63: the local module is asked only if it says "ready", which holds for a
//     minute (decision), and by identities without the crypto tail. isBlocked,
//     and in v2 sold, refuse; other false values mean "unknown here". Nobody
//     listens: absent; any other fault: no answer. [LocalModule.Init] is never
//     called by itself. [SalesLog] tells v2 of sales and returns in their order,
//     until each is acknowledged, and never holds up a sale; a code that the
//     module does not take is told again later and does not hold up the others
//     (decision).
//   - M64: marks go to ТС ПИоТ in base64, in v3 with their product group.
//     codesCheckTimeout of its info is the limit unless the caller set one, 30 s
//     at most (decision). isCheckedOffline: only isBlocked and sold refuse.
//   - M65: the order of [Rules]; the first row that refuses gives the reason.
//     errorCode 10 is "not found" (decision). realizable of goods that are sold
//     says nothing more. A day as expiry ends the sale with its first minute by
//     the shop's clock, or with its last ([Policy.DayIncluded]; decision). A
//     price that is not known is not compared, with a warning (decision).
//     isTracking = false leaves sold and realizable out ([Policy.Untraced]
//     brings them back); eliminationState is recorded only.
//   - M66: [Verdict.Industry] is tag 1260, with Inst and Ver where a local module
//     decided; none in an emergency. An allowing answer whose id and time do not
//     fit tag 1265 is no answer: it could not be sold by (decision). A clock that
//     is over 5 minutes off is a warning; [Verdict.Stale] says that an answer is
//     older than 30 minutes.
//   - M67: tokens and passwords are of type [Secret], which prints nothing, and
//     are cut out of whatever a peer repeats: texts, raw answers, errors. Marks
//     stand in neither logs nor errors.
//   - M76: returns are not asked about, unless ChainOptions.Returns; then sold,
//     expiry and prices do not count.
package permit
