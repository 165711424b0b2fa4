module github.com/obmen-go/obmen

go 1.26.0

require (
	golang.org/x/text v0.43.0
	gopkg.in/ini.v1 v1.67.3
)
