//go:build !windows

package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestSystemd(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("systemd is Linux's")
	}
	var did []string
	var fails string
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	// A place that everybody can use, whatever that of the temporary folders is.
	for d := dir; d != os.TempDir() && d != filepath.Dir(d); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	exe, config := filepath.Join(dir, "gate way", "ecr-gateway"), filepath.Join(dir, `50%$"\.xml`)
	if err := errors.Join(os.Mkdir(filepath.Dir(exe), 0o755), os.WriteFile(exe, nil, 0o755), os.WriteFile(config, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	m := &systemd{t.TempDir(), nil, func(args ...string) error {
		did = append(did, strings.Join(args, " "))
		if args[0] == fails {
			return errors.New("no")
		}
		return nil
	}}
	unit := filepath.Join(m.folder, "kkt.service")
	s := service{name: "kkt", display: displayed + "kkt)", exe: exe, config: config, args: []string{"run", "-config", config}}
	t.Run("E36 install writes the unit and enables it, once", func(t *testing.T) {
		if err := m.Install(s); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(unit)
		if want := "ExecStart=\"" + exe + "\" run -config \"" + dir + "/50%%$$\\\"\\\\.xml\"\n"; err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%v\n%s", err, b)
		}
		if err := m.Install(s); err == nil || !strings.Contains(err.Error(), "exists") {
			t.Errorf("%v", err)
		}
	})
	t.Run("E36 start, stop, uninstall", func(t *testing.T) {
		if err := errors.Join(m.Start("kkt"), m.Stop("kkt"), m.Uninstall("kkt")); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(unit); err == nil {
			t.Error("the unit is still there")
		}
		if got := strings.Join(did, "; "); got != "daemon-reload; enable kkt; start kkt; stop kkt; disable --now kkt; daemon-reload" {
			t.Error(got)
		}
		if err := m.Uninstall("kkt"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v", err)
		}
	})
	t.Run("E36 what the service's user could not use is not installed, and -print says so", func(t *testing.T) {
		refuses := func(what, want string, m *systemd, s service) {
			t.Helper()
			err := m.Install(s)
			if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(m.Describe(s), "# This would not run: "+err.Error()+"\n[Unit]") {
				t.Errorf("%s: %v\n%s", what, err, m.Describe(s))
			}
		}
		hidden := *m
		hidden.private = []string{dir}
		refuses("a private folder", "copy it to /usr/local/bin", &hidden, s)
		if err := os.Chmod(config, 0o640); err != nil {
			t.Fatal(err)
		}
		refuses("a configuration of root's own", "mode 0640): copy it to /etc/ecr-gateway", m, s)
		if err := errors.Join(os.Chmod(config, 0o644), os.Chmod(filepath.Dir(exe), 0o700)); err != nil {
			t.Fatal(err)
		}
		refuses("a folder of one's own", "mode 0700", m, s)
		if err := os.Chmod(filepath.Dir(exe), 0o755); err != nil {
			t.Fatal(err)
		}
		logs := s
		logs.logs = "/srv/kkt"
		refuses("logs elsewhere", "-log-dir /var/log/kkt", m, logs)
		logs.logs = "/var/log/shop/kkt"
		if unit := m.Describe(logs); !strings.HasPrefix(unit, "[Unit]") || !strings.Contains(unit, "\nLogsDirectory=shop/kkt\n") {
			t.Error(unit)
		}
	})
	t.Run("E36 uninstall leaves the services of others", func(t *testing.T) {
		other := m.unit("sshd")
		if err := os.WriteFile(other, []byte("[Unit]\nDescription=OpenSSH\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		did = nil
		if err := m.Uninstall("sshd"); err == nil || !strings.Contains(err.Error(), "not of this program") || did != nil {
			t.Errorf("%v, %q", err, did)
		}
		if _, err := os.Stat(other); err != nil {
			t.Error(err)
		}
	})
	t.Run("E36 an install that fails leaves nothing", func(t *testing.T) {
		fails = "enable"
		if err := m.Install(s); err == nil {
			t.Error("no error")
		}
		if _, err := os.Stat(unit); err == nil {
			t.Error("the unit stayed")
		}
	})
}
