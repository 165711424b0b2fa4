// Command marking-till is a till in the browser: it sells marked goods on a
// fiscal register and shows the cashier what the recommendations say.
//
//	go run ./examples/marking-till [-listen 127.0.0.1:8090] [-register tcp://ADDR] [-permit cdn+https://…]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

const usage = `Usage: marking-till [-listen 127.0.0.1:8090] [-register URL] [-permit URL …] [-lang ru|en]

A till in the browser. Without -register and -permit everything behind it is
simulated; a scanner in keyboard mode can be used with the page at once.
It prints "listening on URL" when it is ready; Ctrl-C ends it.

`

// settings are the program's flags.
type settings struct {
	listen   string
	register string
	permits  []string
	lang     string
	online   string
	journal  string
}

func parse(args []string, stderr io.Writer) (*settings, error) {
	s := &settings{}
	f := flag.NewFlagSet("marking-till", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&s.listen, "listen", "127.0.0.1:8090", "`address` of the page; no host means loopback")
	f.StringVar(&s.register, "register", "", "`URL` of the register: tcp://host:port or serial:///dev/ttyUSB0?baud=115200 (default: simulated)")
	f.Func("permit", "`URL` of a permit check: cdn+https://…, lm+http://… or piot+https://…; may be repeated (default: simulated)", func(v string) error {
		s.permits = append(s.permits, v)
		return nil
	})
	f.StringVar(&s.lang, "lang", "ru", "`language` of the page: ru or en")
	f.StringVar(&s.online, "online", "ok", "what the simulated register's server of marks `says`: ok, negative, timeout or off")
	f.StringVar(&s.journal, "journal", "", "`file` that keeps an open receipt over a restart (default: in memory with a simulated register, else in the user's cache)")
	f.Usage = func() {
		fmt.Fprint(f.Output(), usage)
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	var err error
	switch {
	case f.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", f.Arg(0))
	case texts[s.lang] == nil:
		err = fmt.Errorf("-lang %q: give ru or en", s.lang)
	case s.register != "" && s.online != "ok":
		err = errors.New("-online is for the simulated register, not for one of -register")
	}
	if err == nil {
		s.listen, err = address(s.listen)
	}
	if err != nil {
		fmt.Fprintln(stderr, "marking-till:", err)
	}
	return s, err
}

// address makes an address without a host one of loopback: others in the network
// see the till only if they are asked for by name.
func address(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("-listen %q: give host:port, such as 127.0.0.1:8090", listen)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	s, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if host, _, _ := net.SplitHostPort(s.listen); host != "localhost" && !net.ParseIP(host).IsLoopback() {
		fmt.Fprintln(stderr, "marking-till: the page has no login: whoever can reach this address can sell")
	}
	if err := serve(ctx, s, stdout); err != nil {
		fmt.Fprintln(stderr, "marking-till:", err)
		return 1
	}
	return 0
}

// endLimit bounds the wait for a receipt that is being printed when the program
// is told to end.
const endLimit = 60 * time.Second

func serve(ctx context.Context, s *settings, stdout io.Writer) (err error) {
	shop, err := openShop(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.close()) }()

	l, err := net.Listen("tcp", s.listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: local(l.Addr(), newPage(shop.till)), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	fmt.Fprintf(stdout, "listening on http://%s/\n", reachable(l.Addr()))
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	close(shop.till.ended) // ends the streams of events
	soon, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	return server.Shutdown(soon)
}

// reachable is an address that a browser on this machine can open.
func reachable(addr net.Addr) string {
	if a, ok := addr.(*net.TCPAddr); ok && a.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(a.Port))
	}
	return addr.String()
}

// local refuses requests for another host name on a loopback address: a site
// whose name was pointed at this machine must not reach the till.
func local(addr net.Addr, next http.Handler) http.Handler {
	if a, ok := addr.(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "this till is reached by its own address only", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
