package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"
)

// windowsManager is the service control manager.
type windowsManager struct{}

var _ manager = windowsManager{}

func newManager() manager { return windowsManager{} }

// Describe shows the command line.
func (windowsManager) Describe(s service) string {
	line := windows.EscapeArg(s.exe)
	for _, a := range s.args {
		line += " " + windows.EscapeArg(a)
	}
	return fmt.Sprintf("service:     %s\r\ndisplayed:   %s\r\nstart:       automatic, restarted after a failure\r\ncommand:     %s\r\n", s.name, s.display, line)
}

// Install makes a service that starts with the machine and again after a failure.
func (windowsManager) Install(s service) error {
	return with(func(m *mgr.Mgr) error {
		made, err := m.CreateService(s.name, s.exe, mgr.Config{
			DisplayName: s.display, Description: s.description, StartType: mgr.StartAutomatic,
		}, s.args...)
		if err != nil {
			return err
		}
		defer made.Close()
		again := mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: 5 * time.Second}
		if err := made.SetRecoveryActions([]mgr.RecoveryAction{again, again, again}, 24*60*60); err != nil {
			return errors.Join(err, made.Delete())
		}
		// The events are a help when it cannot start; they may be registered already.
		eventlog.InstallAsEventCreate(s.name, eventlog.Error|eventlog.Warning|eventlog.Info)
		return nil
	})
}

// Uninstall stops the service and deletes it.
func (m windowsManager) Uninstall(name string) error {
	if err := open(name, func(s *mgr.Service) error {
		c, err := s.Config()
		if err == nil && c.DisplayName != displayed+name+")" {
			err = fmt.Errorf("service %s (%s) is not of this program: it stays", name, c.DisplayName)
		}
		return err
	}); err != nil {
		return err
	}
	if err := m.Stop(name); err != nil && !errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
		return err
	}
	return open(name, func(s *mgr.Service) error {
		if err := s.Delete(); err != nil {
			return err
		}
		eventlog.Remove(name)
		return nil
	})
}

// Start starts the service.
func (windowsManager) Start(name string) error {
	return open(name, func(s *mgr.Service) error { return s.Start() })
}

// Stop asks the service to stop and waits until it has.
func (windowsManager) Stop(name string) error {
	return open(name, func(s *mgr.Service) error {
		status, err := s.Control(svc.Stop)
		for end := time.Now().Add(15 * time.Second); err == nil && status.State != svc.Stopped; status, err = s.Query() {
			if time.Now().After(end) {
				return errors.New("the service did not stop within 15 s")
			}
			time.Sleep(200 * time.Millisecond)
		}
		return err
	})
}

func with(do func(*mgr.Mgr) error) error {
	m, err := mgr.Connect()
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return errors.New("administrator rights are needed: run it from a console that was started as administrator")
	}
	if err != nil {
		return err
	}
	defer m.Disconnect()
	return do(m)
}

func open(name string, do func(*mgr.Service) error) error {
	return with(func(m *mgr.Mgr) error {
		s, err := m.OpenService(name)
		if err != nil {
			return err
		}
		defer s.Close()
		return do(s)
	})
}

// launch runs the gateway as a service if the service manager started it, else
// in the console.
func launch(args []string, stdout, stderr io.Writer) int {
	if is, err := svc.IsWindowsService(); err != nil || !is {
		return console(args, stdout, stderr)
	}
	if !names(args, "log-dir") {
		args = append([]string{"-log-dir", filepath.Join(os.Getenv("ProgramData"), "ECRService")}, args...)
	}
	if err := svc.Run(defaultName, &handler{args}); err != nil {
		return 1
	}
	return 0
}

// names says whether a flag stands among the arguments.
func names(args []string, flag string) bool {
	for _, a := range args {
		if name, _, _ := strings.Cut(strings.TrimLeft(a, "-"), "="); name == flag && strings.HasPrefix(a, "-") {
			return true
		}
	}
	return false
}

// handler is the service as the manager of Windows sees it.
type handler struct{ args []string }

// Execute runs the gateway until the manager stops it. Why it could not run is
// written to the event log: a service has no stderr.
func (h *handler) Execute(args []string, requests <-chan svc.ChangeRequest, status chan<- svc.Status) (bool, uint32) {
	status <- svc.Status{State: svc.StartPending}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	last := &tail{}
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, h.args, io.Discard, last) }()
	status <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	for {
		select {
		case code := <-ended:
			if code != 0 && len(args) > 0 {
				if l, err := eventlog.Open(args[0]); err == nil {
					l.Error(1, last.String())
					l.Close()
				}
			}
			status <- svc.Status{State: svc.Stopped}
			return code != 0, uint32(code)
		case r := <-requests:
			switch r.Cmd {
			case svc.Interrogate:
				status <- r.CurrentStatus
			case svc.Stop, svc.Shutdown:
				status <- svc.Status{State: svc.StopPending, WaitHint: 10_000}
				stop()
			}
		}
	}
}

// tail keeps the last line that was written.
type tail struct{ line []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.line = append(t.line[:0], bytes.TrimSpace(p)...)
	return len(p), nil
}

func (t *tail) String() string { return string(t.line) }
