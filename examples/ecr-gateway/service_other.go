//go:build !windows

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// systemd installs a unit and steers it by systemctl.
type systemd struct {
	folder  string
	private []string // what the service does not see
	ctl     func(args ...string) error
}

var _ manager = (*systemd)(nil)

func newManager() manager {
	return &systemd{"/etc/systemd/system", []string{"/tmp", "/var/tmp"}, systemctl}
}

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
	logs, err := m.check(s)
	if err != nil {
		logs = s.name
	}
	var line strings.Builder
	line.WriteString(quote(s.exe))
	for _, a := range s.args {
		line.WriteString(" " + quote(a))
	}
	warning := ""
	if err != nil {
		warning = "# This would not run: " + err.Error() + "\n"
	}
	return warning + `[Unit]
Description=` + s.display + `
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=` + line.String() + `
DynamicUser=yes
SupplementaryGroups=dialout
LogsDirectory=` + logs + `
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

// check says why the service could not run: its user sees neither /tmp nor what
// is not for everybody, and writes its logs below /var/log alone. It returns the
// folder of the logs there.
func (m *systemd) check(s service) (logs string, err error) {
	for _, f := range []struct {
		path string
		need fs.FileMode
		move string
	}{{s.exe, 0o005, "/usr/local/bin"}, {s.config, 0o004, "/etc/ecr-gateway"}} {
		if why := m.hidden(f.path, f.need); why != "" {
			return "", fmt.Errorf("the service's user cannot use %s (%s): copy it to %s", f.path, why, f.move)
		}
	}
	if s.logs == "" {
		return s.name, nil
	}
	logs, err = filepath.Rel("/var/log", s.logs)
	if err != nil || !filepath.IsLocal(logs) || logs == "." || strings.ContainsAny(logs, " \t%'\"\\") {
		return "", fmt.Errorf("the service may write its logs below /var/log alone: give -log-dir /var/log/%s", s.name)
	}
	return logs, nil
}

// hidden says why not everybody can use a file; "" if everybody can.
func (m *systemd) hidden(path string, need fs.FileMode) string {
	for _, private := range m.private {
		if rel, err := filepath.Rel(private, path); err == nil && filepath.IsLocal(rel) {
			return private + " is not the service's"
		}
	}
	for dir := path; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err.Error()
		}
		if info.Mode()&need != need {
			return fmt.Sprintf("%s has mode %04o", dir, info.Mode().Perm())
		}
		if need = 0o001; dir == filepath.Dir(dir) {
			return ""
		}
	}
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
	if _, err := m.check(s); err != nil {
		return err
	}
	f, err := os.OpenFile(m.unit(s.name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists: uninstall it first", m.unit(s.name))
	}
	if err != nil {
		return asRoot(err)
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

// asRoot says what to do where rights are missing.
func asRoot(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("root's rights are needed: run it with sudo (%w)", err)
	}
	return err
}

// Uninstall stops the service and removes its unit, if install has made it.
func (m *systemd) Uninstall(name string) error {
	unit, err := os.ReadFile(m.unit(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no service of this name (%w)", err)
	case err != nil:
		return asRoot(err)
	case !strings.Contains(string(unit), "\nDescription="+displayed+name+")\n"):
		return fmt.Errorf("%s is not of this program: it stays", m.unit(name))
	}
	if err := m.ctl("disable", "--now", name); err != nil {
		return err
	}
	if err := os.Remove(m.unit(name)); err != nil {
		return asRoot(err)
	}
	return m.ctl("daemon-reload")
}

// Start starts the service.
func (m *systemd) Start(name string) error { return m.ctl("start", name) }

// Stop stops it.
func (m *systemd) Stop(name string) error { return m.ctl("stop", name) }

func launch(args []string, stdout, stderr io.Writer) int { return console(args, stdout, stderr) }
