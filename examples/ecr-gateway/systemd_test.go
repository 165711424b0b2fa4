//go:build !windows

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSystemd(t *testing.T) {
	var did []string
	var fails string
	m := &systemd{t.TempDir(), func(args ...string) error {
		did = append(did, strings.Join(args, " "))
		if args[0] == fails {
			return errors.New("no")
		}
		return nil
	}}
	unit := filepath.Join(m.folder, "kkt.service")
	s := service{name: "kkt", display: "Gateway", exe: "/opt/gate way/ecr-gateway", args: []string{"run", "-config", `/etc/50%$"\.xml`}}
	t.Run("E36 install writes the unit and enables it, once", func(t *testing.T) {
		if err := m.Install(s); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(unit)
		if want := "ExecStart=\"/opt/gate way/ecr-gateway\" run -config \"/etc/50%%$$\\\"\\\\.xml\"\n"; err != nil || !strings.Contains(string(b), want) {
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
