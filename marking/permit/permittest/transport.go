package permittest

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
)

// Transport carries requests to handlers without a network, by the host of the
// URL: give it to an [http.Client]. Hosts that are not in it refuse the
// connection. Requests run in virtual time inside [testing/synctest].
type Transport map[string]http.Handler

var _ http.RoundTripper = Transport(nil)

// RoundTrip runs the handler in a goroutine, which ends when the handler heeds
// the request's context.
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	h := t[r.URL.Host]
	if h == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	var body []byte
	if r.Body != nil {
		var err error
		body, err = io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	in := r.Clone(ctx)
	in.Host, in.RequestURI = r.URL.Host, r.URL.RequestURI()
	in.Body = io.NopCloser(bytes.NewReader(body))
	if r.URL.Scheme == "https" {
		in.TLS = &tls.ConnectionState{}
	}
	out := httptest.NewRecorder()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p == http.ErrAbortHandler {
				done <- io.ErrUnexpectedEOF
			} else if p != nil {
				panic(p)
			}
		}()
		h.ServeHTTP(out, in)
		done <- nil
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case err := <-done:
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		return out.Result(), nil
	}
}
