package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const oneDevice = `<Configuration><Connections><Connection Type="Network" Path="127.0.0.1:9100"/></Connections></Configuration>`

// fakeManager notes what it is asked to do.
type fakeManager struct {
	did  []string
	made service
	err  error
}

var _ manager = (*fakeManager)(nil)

func (m *fakeManager) Describe(s service) string {
	m.made = s
	return "would install " + s.name + "\n"
}

func (m *fakeManager) Install(s service) error {
	m.made = s
	return m.note("install", s.name)
}
func (m *fakeManager) Uninstall(name string) error { return m.note("uninstall", name) }
func (m *fakeManager) Start(name string) error     { return m.note("start", name) }
func (m *fakeManager) Stop(name string) error      { return m.note("stop", name) }

func (m *fakeManager) note(what, name string) error {
	m.did = append(m.did, what+" "+name)
	return m.err
}

func configIn(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.xml")
	if err := os.WriteFile(path, []byte(oneDevice), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestService(t *testing.T) {
	t.Run("E36 each sub-command reaches the manager", func(t *testing.T) {
		path := configIn(t)
		m := &fakeManager{}
		var out, errs bytes.Buffer
		for _, args := range [][]string{{"install", "-config", path}, {"start", "-name", "kkt"}, {"stop"}, {"uninstall", "--name=kkt"}} {
			if code := control(m, args[0], args[1:], &out, &errs); code != 0 {
				t.Errorf("%v: %d, %s", args, code, errs.String())
			}
		}
		if want := []string{"install ecr-gateway", "start kkt", "stop ecr-gateway", "uninstall kkt"}; !reflect.DeepEqual(m.did, want) {
			t.Errorf("%q", m.did)
		}
		if want := "ecr-gateway: install done\nkkt: start done\necr-gateway: stop done\nkkt: uninstall done\n"; out.String() != want || errs.Len() > 0 {
			t.Errorf("%q, %q", out.String(), errs.String())
		}
	})
	t.Run("E36 the service runs with the flags of install, paths made whole", func(t *testing.T) {
		path := configIn(t)
		t.Chdir(filepath.Dir(path))
		m := &fakeManager{}
		args := []string{"-receipt-guard", "-config=config.xml", "-name", "kkt", "-bind", "0.0.0.0", "-print", "-log-dir", "logs", "--protocol=shtrihm", "-clients", "5"}
		var out bytes.Buffer
		if code := control(m, "install", args, &out, &out); code != 0 || out.String() != "would install kkt\n" || m.did != nil {
			t.Errorf("%d, %q, %q", code, out.String(), m.did)
		}
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"run", "-config", filepath.Join(dir, "config.xml"), "-log-dir", filepath.Join(dir, "logs"),
			"-receipt-guard", "-bind", "0.0.0.0", "--protocol=shtrihm", "-clients", "5"}
		if !reflect.DeepEqual(m.made.args, want) || !filepath.IsAbs(m.made.exe) || m.made.name != "kkt" {
			t.Errorf("%+v", m.made)
		}
		if s, err := parse("", m.made.args[1:], &out); err != nil || s.bind != "0.0.0.0" || !s.guard || s.clients != 5 {
			t.Errorf("the service could not read its flags: %+v, %v", s, err)
		}
	})
	t.Run("E36 a name is one word, and only install has the gateway's flags", func(t *testing.T) {
		path := configIn(t)
		m := &fakeManager{}
		for _, args := range [][]string{{"install", "-config", path, "-name", "../../tmp/x"}, {"install", "-print", "-config", path, "-name", "a b;c"},
			{"uninstall", "-name", ""}, {"stop", "-name", ".."}, {"start", "-name", "a/b"}, {"start", "-config", path}, {"stop", "now"}} {
			var out, errs bytes.Buffer
			if code := control(m, args[0], args[1:], &out, &errs); code != 2 || m.did != nil || errs.Len() == 0 {
				t.Errorf("%v: %d, %q, %q", args, code, errs.String(), m.did)
			}
		}
	})
	t.Run("E36 failures are told, a bad configuration is not installed", func(t *testing.T) {
		m := &fakeManager{err: errors.New("access is denied")}
		var out, errs bytes.Buffer
		if code := control(m, "start", nil, &out, &errs); code != 1 || errs.String() != "ecr-gateway: start ecr-gateway: access is denied\n" || out.Len() > 0 {
			t.Errorf("%d, %q", code, errs.String())
		}
		errs.Reset()
		m.did = nil
		if code := control(m, "install", []string{"-config", "none.xml"}, &out, &errs); code != 1 || m.did != nil || !strings.Contains(errs.String(), "none.xml") {
			t.Errorf("%d, %q, %q", code, errs.String(), m.did)
		}
		if code := control(m, "stop", []string{"-print"}, &out, &errs); code != 2 {
			t.Errorf("%d", code)
		}
	})
}
