package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/webapi"
)

// post sends the request through the Web-API and prints the answer line (K25).
func (c *config) post(ctx context.Context, request *kmazs.Request, log *slog.Logger, stdout io.Writer) error {
	client, err := webapi.NewClient(c.url, &webapi.ClientOptions{
		User:     c.user,
		Password: os.Getenv(c.passwordEnv),
	})
	if err != nil {
		return err
	}
	for _, w := range client.Warnings() {
		log.Warn(w.String())
	}
	for _, w := range kmazs.Advice(request.Options, request.Users()) {
		log.Warn(w.String())
	}
	stop := waiting()
	result, err := client.Import(ctx, request.Options, request.Users())
	stop()
	line := kmazs.Response{Result: result}
	if err != nil {
		// The office's own words, where it said any.
		said, ok := errors.AsType[*webapi.Error](err)
		if !ok || said.ErrCode() == 0 {
			return err
		}
		line = kmazs.Response{ErrCode: said.ErrCode(), ErrMsg: said.ErrMsg()}
	}
	if _, e := fmt.Fprintf(stdout, "%s\n", line.AppendJSON(nil)); e != nil {
		return e
	}
	return err
}
