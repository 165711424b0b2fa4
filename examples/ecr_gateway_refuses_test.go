package examples

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

func TestECRGatewayRefuses(t *testing.T) {
	good := `    <Connection Id="0" Type="Network" Path="127.0.0.1:9100" ReleasePort="false" Reconnect="2"/>`
	whole := func(lines string) string {
		return "<Configuration>\n  <ListeningPort>8000</ListeningPort>\n  <Connections>\n" + lines + "\n  </Connections>\n</Configuration>\n"
	}
	var all strings.Builder
	ran := 0
	cases := []struct{ name, config string }{
		{"E41 the misprint of the source", whole(strings.Replace(good, "127.0.0.1", "192.1678.0.55", 1))},
		{"E41 no port", whole(strings.Replace(good, ":9100", "", 1))},
		{"E41 a COM port of Type Network", whole(strings.Replace(good, "127.0.0.1:9100", "COM22:115200", 1))},
		{"E41 an IP address of Type Serial", whole(strings.Replace(good, "Network", "Serial", 1))},
		{"E44 equal Ids", whole(good + "\n" + strings.Replace(good, "9100", "9101", 1))},
		{"E44 one Path twice", whole(good + "\n" + strings.Replace(good, `"0"`, `"1"`, 1))},
		{"E40 not XML", "ListeningPort=8000\n"},
		{"E40 empty", ""},
		{"E40 another file", "<html><body/></html>"},
		{"E40 cut off", whole(good)[:150]},
		{"E40 no connection", whole("")},
		{"E40 a port that is none", strings.Replace(whole(good), "8000", "99999", 1)},
		{"E40 a level that is none", strings.Replace(whole(good), "</Conf", "<LogLevel>Trace</LogLevel></Conf", 1)},
		{"E40 another version", strings.Replace(whole(good), "<List", "<FormatVersion>2.0</FormatVersion><List", 1)},
		{"E42 a time-out that is none", strings.Replace(whole(good), "</Conf", "<AckTimeout>5 s</AckTimeout></Conf", 1)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ran++
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "config.xml"), []byte(c.config), 0o644); err != nil {
				t.Fatal(err)
			}
			r := run(t, dir, "", "ecr-gateway", "-config", "config.xml")
			if r.code != 1 || r.stdout != "" || strings.Count(r.stderr, "\n") != 1 || !strings.HasPrefix(r.stderr, "ecr-gateway: config.xml: line ") {
				t.Errorf("%+v", r)
			}
			fmt.Fprintf(&all, "%s\n%s\n", c.name, r.stderr)
		})
	}
	if ran == len(cases) { // -run may have left some out
		golden(t, "ecr-gateway/refused.txt", all.String())
	}

	t.Run("E40 no file", func(t *testing.T) {
		r := run(t, t.TempDir(), "", "ecr-gateway", "-config", "none.xml")
		if r.code != 1 || r.stdout != "" || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, "none.xml") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("E29 a port in use, of a device or of the page", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		taken := l.Addr().(*net.TCPAddr).Port
		for what, args := range map[string][]string{
			"device 0":    {strconv.Itoa(taken), ""},
			"status page": {strconv.Itoa(freePorts(t, 1)), l.Addr().String()},
		} {
			dir := t.TempDir()
			os.WriteFile(filepath.Join(dir, "config.xml"), []byte(strings.Replace(whole(good), "8000", args[0], 1)), 0o644)
			r := run(t, dir, "", "ecr-gateway", "-config", "config.xml", "-status", args[1])
			if r.code != 1 || r.stdout != "" || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, what) || !strings.Contains(r.stderr, strconv.Itoa(taken)) {
				t.Errorf("%s: %+v", what, r)
			}
		}
	})
	for name, args := range map[string][]string{
		"an argument": {"config.xml"}, "a strange protocol": {"-protocol", "atol"}, "a strange level": {"-device-level", "v3"},
		"too many clients": {"-clients", "1000"}, "no days": {"-log-days", "0"}, "a strange flag": {"-x"}, "a strange flag of stop": {"stop", "-print"},
	} {
		t.Run("E43 usage: "+name, func(t *testing.T) {
			if r := run(t, t.TempDir(), "", "ecr-gateway", args...); r.code != 2 || r.stdout != "" || r.stderr == "" {
				t.Errorf("%+v", r)
			}
		})
	}
	t.Run("E36 the unit of systemd", func(t *testing.T) {
		if runtime.GOOS != "linux" {
			t.Skip("systemd is Linux's")
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "my config.xml")
		os.WriteFile(path, []byte(whole(good)), 0o644)
		r := run(t, dir, "", "ecr-gateway", "install", "-print", "-name=kkt", "-config", "my config.xml", "-bind", "0.0.0.0", "-receipt-guard")
		unit := strings.ReplaceAll(strings.ReplaceAll(r.stdout, dir, "/DIR"), binDir, "/BIN")
		if strings.HasPrefix(unit, "# This would not run: ") { // the programs of a test lie where a service sees nothing
			_, unit, _ = strings.Cut(unit, "\n")
		}
		if r.code != 0 || r.stderr != "" {
			t.Errorf("%+v", r)
		}
		golden(t, "ecr-gateway/unit.txt", unit)
		os.WriteFile(path, []byte("x"), 0o644)
		if r := run(t, dir, "", "ecr-gateway", "install", "-print", "-config", "my config.xml"); r.code != 1 || !strings.Contains(r.stderr, "my config.xml: line 1") {
			t.Errorf("a bad configuration was installed: %+v", r)
		}
	})
	t.Run("E36 help", func(t *testing.T) {
		for _, args := range [][]string{{"-h"}, {"run", "-h"}, {"install", "-h"}, {"stop", "-h"}} {
			if r := run(t, t.TempDir(), "", "ecr-gateway", args...); r.code != 0 || !strings.Contains(r.stderr, "usage: ecr-gateway") {
				t.Errorf("%v: %+v", args, r)
			}
		}
	})
}
