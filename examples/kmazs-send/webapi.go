package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/webapi"
)

// post sends the request through the Web-API and prints the answer line (K25).
func (c *config) post(ctx context.Context, request *kmazs.Request, log *slog.Logger, stdout io.Writer) error {
	seen := &answer{}
	client, err := webapi.NewClient(c.url, &webapi.ClientOptions{
		User:     c.user,
		Password: os.Getenv(c.passwordEnv),
		HTTP:     &http.Client{Transport: seen},
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
		said, e := kmazs.ParseResponse(seen.body.Bytes())
		if e != nil || said.Result != nil {
			return err
		}
		line = said
	}
	if _, e := fmt.Fprintf(stdout, "%s\n", line.AppendJSON(nil)); e != nil {
		return e
	}
	return err
}

// answer is a transport that keeps the beginning of the last answer.
type answer struct{ body bytes.Buffer }

func (a *answer) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	a.body.Reset()
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(resp.Body, &head{&a.body}), resp.Body}
	return resp, nil
}

// head passes on as much as an error line can have.
type head struct{ to *bytes.Buffer }

func (h *head) Write(p []byte) (int, error) {
	const most = 1 << 20
	h.to.Write(p[:min(len(p), max(0, most-h.to.Len()))])
	return len(p), nil
}
