module github.com/obmen-go/obmen

go 1.26.0

require (
	go.bug.st/serial v1.8.0
	golang.org/x/sys v0.49.0
	golang.org/x/text v0.43.0
)
