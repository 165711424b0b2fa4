package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/obmen-go/obmen/kmazs/office"
	"github.com/obmen-go/obmen/kmazs/webapi"
)

// listenAndServe serves the Web-API at / until ctx ends; an import that runs then
// is finished first.
func listenAndServe(ctx context.Context, c *config, importer *office.Importer, log *slog.Logger, stdout io.Writer) error {
	listener, err := net.Listen("tcp", c.listen)
	if err != nil {
		return usageError{fmt.Errorf("-listen: %w", err)}
	}
	server := &http.Server{
		Handler: webapi.NewHandler(importer, &webapi.HandlerOptions{
			Operators: []webapi.Operator{{Login: c.user, Password: os.Getenv(c.passwordEnv), WebAPI: true, ImportUsers: true}},
			Logger:    log,
		}),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
	}
	fmt.Fprintf(stdout, "listening on %s\n", listener.Addr())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(late); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}
