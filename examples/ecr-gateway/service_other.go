//go:build !windows

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// systemd installs a unit and steers it by systemctl.
type systemd struct {
	folder string
	ctl    func(args ...string) error
}

var _ manager = (*systemd)(nil)

func newManager() manager { return &systemd{"/etc/systemd/system", systemctl} }

func systemctl(args ...string) error {
	out, err := exec.Command("systemctl", args...).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("there is no systemd here: show the unit with install -print and start the program another way")
	}
	if err != nil {
		return fmt.Errorf("systemctl %s: %w: %s", args[0], err, strings.TrimSpace(string(out)))
	}
	return nil
}

func (m *systemd) unit(name string) string { return filepath.Join(m.folder, name+".service") }

// Describe is the unit file. The service has a user of its own that belongs to
// the group of the serial ports.
func (m *systemd) Describe(s service) string {
	var line strings.Builder
	line.WriteString(quote(s.exe))
	for _, a := range s.args {
		line.WriteString(" " + quote(a))
	}
	return `[Unit]
Description=` + s.display + `
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=` + line.String() + `
DynamicUser=yes
SupplementaryGroups=dialout
LogsDirectory=` + s.name + `
Restart=on-failure
RestartSec=5
TimeoutStopSec=10
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
LimitNOFILE=1024

[Install]
WantedBy=multi-user.target
`
}

// quote writes an argument as ExecStart reads it.
func quote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%", "$", "$$").Replace(s)
	if s == "" || strings.ContainsAny(s, " \t'\"\\;") {
		return `"` + s + `"`
	}
	return s
}

// Install writes the unit and enables it.
func (m *systemd) Install(s service) error {
	f, err := os.OpenFile(m.unit(s.name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists: uninstall it first", m.unit(s.name))
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, m.Describe(s))
	if err = errors.Join(err, f.Close()); err == nil {
		if err = m.ctl("daemon-reload"); err == nil {
			err = m.ctl("enable", s.name)
		}
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Uninstall stops the service and removes its unit.
func (m *systemd) Uninstall(name string) error {
	if _, err := os.Stat(m.unit(name)); err != nil {
		return err
	}
	if err := m.ctl("disable", "--now", name); err != nil {
		return err
	}
	if err := os.Remove(m.unit(name)); err != nil {
		return err
	}
	return m.ctl("daemon-reload")
}

// Start starts the service.
func (m *systemd) Start(name string) error { return m.ctl("start", name) }

// Stop stops it.
func (m *systemd) Stop(name string) error { return m.ctl("stop", name) }

func launch(args []string, stdout, stderr io.Writer) int { return console(args, stdout, stderr) }
