package redisguard_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/obmen-go/obmen/marking/session/redisguard"
)

var bg = context.Background()

// server is a real redis-server of a test, without persistence unless asked.
type server struct {
	t    *testing.T
	port int
	args []string
	cmd  *exec.Cmd
	done chan struct{}
}

func start(t *testing.T, args ...string) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("OBMEN_CI") == "1" {
			t.Fatal("redis-server is not installed, and CI must have it (Debian package redis-server)")
		}
		t.Skip("redis-server is not installed (Debian package redis-server)")
	}
	s := &server{t: t, port: freePort(t), args: args}
	s.start()
	t.Cleanup(s.kill)
	return s
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (s *server) url() string { return fmt.Sprintf("redis://127.0.0.1:%d/0", s.port) }

func (s *server) addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// start starts the server, again if it was killed, and waits until it answers.
func (s *server) start() {
	s.t.Helper()
	args := append([]string{"--port", fmt.Sprint(s.port), "--bind", "127.0.0.1", "--dir", s.t.TempDir(),
		"--save", "", "--daemonize", "no", "--loglevel", "warning"}, s.args...)
	s.cmd = exec.Command("redis-server", args...)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	done, cmd := make(chan struct{}), s.cmd
	s.done = done
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	deadline := time.After(20 * time.Second)
	for {
		if conn, err := net.Dial("tcp", s.addr()); err == nil {
			conn.Close()
			return
		}
		select {
		case <-s.done:
			s.t.Fatal("redis-server ended at once")
		case <-deadline:
			s.t.Fatal("redis-server does not listen")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// kill is a crash: no shutdown, no saving.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
}

// raw is a client of the test's own, to look into the server.
func (s *server) raw() *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: s.addr(), DisableIdentity: true})
	s.t.Cleanup(func() { c.Close() })
	return c
}

// open opens a guard on the server.
func (s *server) open(opt *redisguard.Options) *redisguard.Guard {
	s.t.Helper()
	return open(s.t, s.url(), opt)
}

func open(t *testing.T, url string, opt *redisguard.Options) *redisguard.Guard {
	t.Helper()
	g, err := redisguard.Open(url, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return g
}
