module github.com/obmen-go/obmen

go 1.26.0
