package main

import (
	"context"
	"io"
)

func replayFile(ctx context.Context, name, lang string, in io.Reader, out io.Writer) (int, error) { return 0, nil }
func interactive(ctx context.Context, name, lang string, in io.Reader, out io.Writer) (int, error) { return 0, nil }
