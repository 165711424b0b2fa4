package flagfile

import (
	"time"
)

// Kind is one of the two requests that a folder carries.
type Kind uint8

// The kinds of requests.
const (
	KindUsers    Kind = iota + 1 // users.flag, answered by usersres.flag
	KindExchange                 // exchg.flag, answered by exchgres.flag
)

// RequestName is the name of the request's file, "" for an unknown kind.
func (k Kind) RequestName() string {
	switch k {
	case KindUsers:
		return UsersFlag
	case KindExchange:
		return ExchangeFlag
	}
	return ""
}

// ResultName is the name of the result's file, "" for an unknown kind.
func (k Kind) ResultName() string {
	switch k {
	case KindUsers:
		return UsersResult
	case KindExchange:
		return ExchangeResult
	}
	return ""
}

// String is the name of the request's file.
func (k Kind) String() string {
	if name := k.RequestName(); name != "" {
		return name
	}
	return "unknown request"
}

// Folder is an exchange folder with the rules of both sides. The external system
// calls Publish, Wait, Withdraw and Clean; the office calls Claim, Request.Current
// and Request.Answer. No operation keeps anything in memory: a program that was
// killed starts again with what the files say.
//
// One external system and one office share a folder; the carrier of kmazs
// guards the office's side by a lock file (FL10).
type Folder struct {
	// FS holds the files, mostly a [Dir].
	FS FS
	// Every is the time between two looks, 5 s by default (FL10).
	Every time.Duration
}

func (f Folder) every() time.Duration {
	if f.Every > 0 {
		return f.Every
	}
	return 5 * time.Second
}

// Suffixes of temporary names: both sides write users.flag, so each has its own.
const (
	clientSuffix    = ".client-tmp"
	officeSuffix    = ".office-tmp"
	withdrawnSuffix = ".withdrawn"
)
