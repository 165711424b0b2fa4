package config

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/unicode"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/serial"
)

func seed(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/seed.xml")
	require.NoError(t, err)
	return string(b)
}

// twoDevices is a file with two devices.
const twoDevices = `<?xml version="1.0" encoding="utf-8"?>
<Configuration>
  <FormatVersion>1.0</FormatVersion>
  <ListeningPort>8100</ListeningPort>
  <Connections>
    <Connection Id="0" Type="Serial" Path="COM22:115200" ReleasePort="false" Reconnect="2"/>
    <Connection Id="3" Type="Network" Path="[::1]:9100" ReleasePort="True" Reconnect="0">
      <AckTimeout>1500</AckTimeout>
      <EarlyAckForwarding>false</EarlyAckForwarding>
    </Connection>
  </Connections>
  <Debug>false</Debug>
  <LogLevel>Warning</LogLevel>
  <EarlyAckForwarding>true</EarlyAckForwarding>
  <EarlyAckDelayMs>7</EarlyAckDelayMs>
</Configuration>
`

func read(t *testing.T, text string) *Config {
	t.Helper()
	c, err := Parse([]byte(text))
	require.NoError(t, err)
	return c
}

// change is twoDevices with one text replaced.
func change(old, with string) string {
	if !strings.Contains(twoDevices, old) {
		panic(old)
	}
	return strings.Replace(twoDevices, old, with, 1)
}

func codes(list []*ecr.Error) (s []string) {
	for _, w := range list {
		s = append(s, w.Path()+" "+w.Code())
	}
	return s
}

func TestRead(t *testing.T) {
	t.Run("E40 the source's sample as it stands", func(t *testing.T) {
		c := read(t, seed(t))
		assert.Equal(t, "1.0", c.FormatVersion)
		assert.Equal(t, 8000, c.ListeningPort)
		require.Len(t, c.Connections, 1)
		n := c.Connections[0]
		n.at = nil
		assert.Equal(t, Connection{Type: Serial, Path: "COM22:115200", Reconnect: 2 * time.Second}, n)
		assert.True(t, c.Debug)
		assert.Equal(t, LevelDebug, c.LogLevel)
		assert.Equal(t, []string{"line 1 " + CodeRootSupplied}, codes(c.Warnings))
	})
	t.Run("E40 all settings", func(t *testing.T) {
		c := read(t, twoDevices)
		assert.Empty(t, c.Warnings)
		d := c.Devices()
		require.Len(t, d, 2)
		assert.Equal(t, Device{ID: 0, Path: "COM22:115200", Address: ecr.Address{Serial: "COM22", Baud: 115200, Mode: "8N1"}, Port: 8100,
			Options: gateway.Options{Name: "0", Reconnect: 2 * time.Second, EarlyAck: true, EarlyAckDelay: 7 * time.Millisecond}}, d[0])
		assert.Equal(t, Device{ID: 3, Path: "[::1]:9100", Address: ecr.Address{TCP: "[::1]:9100"}, Port: 8103,
			Options: gateway.Options{Name: "3", Reconnect: -1, ReleasePort: true, ACKLimit: 1500 * time.Millisecond}}, d[1])
	})
	t.Run("E29 a device listens on ListeningPort and its Id", func(t *testing.T) {
		assert.Equal(t, 8103, read(t, twoDevices).Devices()[1].Port)
		_, err := Parse([]byte(change(`Id="3"`, `Id="57436"`)))
		assert.ErrorContains(t, err, "0 to 57435")
	})
	t.Run("E40 stray text, comments, a BOM, CDATA, line ends of Windows", func(t *testing.T) {
		text := "\xEF\xBB\xBF" + strings.ReplaceAll(change("<Debug>false</Debug>",
			"<Debug> <!-- yes --> tr<![CDATA[ue]]> </Debug> - режим отладки"), "\n", "\r\n") + "конец <!-- Connection -->"
		c := read(t, text)
		assert.True(t, c.Debug)
		assert.Empty(t, c.Warnings)
	})
	t.Run("E40 UTF-16 and windows-1251", func(t *testing.T) {
		b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(seed(t))
		require.NoError(t, err)
		assert.Equal(t, "COM22:115200", read(t, b).Connections[0].Path)
		old, e := cp1251.encode(seed(t))
		require.Nil(t, e)
		assert.Equal(t, []string{"line 1 " + CodeGuessed, "line 1 " + CodeRootSupplied}, codes(read(t, string(old)).Warnings))
		said := read(t, strings.Replace(change("<Debug>", "\xCA\xCA\xD2<Debug>"), "utf-8", "Windows-1251", 1))
		assert.Empty(t, said.Warnings)
	})
	t.Run("E40 defaults of what is not given", func(t *testing.T) {
		c := read(t, `<Configuration><Connections><Connection Type="network" Path="till:9100"/></Connections></Configuration>`)
		assert.Equal(t, LevelInformation, c.Level())
		d := c.Devices()[0]
		assert.Equal(t, 8000, d.Port)
		assert.Equal(t, gateway.Options{Name: "0", Reconnect: 2 * time.Second}, d.Options)
		c.Debug = true
		assert.Equal(t, LevelDebug, c.Level())
		c.LogLevel = LevelVerbose
		assert.Equal(t, LevelVerbose, c.Level())
	})
	t.Run("E42 names of the ACK time-out, and where it stands", func(t *testing.T) {
		for _, name := range []string{"AckTimeout", "AckTimeoutMs", "AckWaitTimeout"} {
			c := read(t, change("<Debug>", "<"+name+">2500</"+name+"><Debug>"))
			assert.Empty(t, c.Warnings)
			assert.Equal(t, 2500*time.Millisecond, c.Devices()[0].Options.ACKLimit, name)
			assert.Equal(t, 1500*time.Millisecond, c.Devices()[1].Options.ACKLimit, name)
		}
		c := read(t, change(`Id="0"`, `Id="0" AckTimeout="300" EarlyAckDelayMs="9"`))
		assert.Equal(t, 300*time.Millisecond, c.Devices()[0].Options.ACKLimit)
		assert.Equal(t, 9*time.Millisecond, c.Devices()[0].Options.EarlyAckDelay)
	})
	t.Run("E42 early ACK without a delay waits 5 ms, none without early ACK", func(t *testing.T) {
		c := read(t, change("  <EarlyAckDelayMs>7</EarlyAckDelayMs>\n", ""))
		assert.Equal(t, 5*time.Millisecond, c.Devices()[0].Options.EarlyAckDelay)
		assert.False(t, c.Devices()[1].Options.EarlyAck)
		assert.Zero(t, c.Devices()[1].Options.EarlyAckDelay)
	})
	t.Run("E42 what is unknown is warned of", func(t *testing.T) {
		c := read(t, change("<Debug>false</Debug>", `<debug>true</debug><Other a="1"><Debug/></Other>`))
		assert.Equal(t, []string{"line 12 " + CodeUnknown, "line 12 " + CodeUnknown}, codes(c.Warnings))
		assert.Contains(t, c.Warnings[0].Error(), "element debug is not known and has no effect (Debug?)")
		c = read(t, change(`Id="0"`, `Id="0" Speed="1"`))
		assert.Contains(t, c.Warnings[0].Error(), "line 6: attribute Speed of Connection is not known")
	})
	t.Run("E40 a newer format of the same kind is warned of", func(t *testing.T) {
		assert.Equal(t, []string{"line 3 " + CodeNewer}, codes(read(t, change("1.0<", "1.2<")).Warnings))
		_, err := Parse([]byte(change("1.0<", "1.x<")))
		assert.ErrorContains(t, err, `"1.x"`)
	})
	t.Run("E43 the file names no bind address", func(t *testing.T) {
		c := read(t, change("<Debug>", "<BindAddress>0.0.0.0</BindAddress><Debug>"))
		assert.Equal(t, []string{"line 12 " + CodeUnknown}, codes(c.Warnings))
	})
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ name, text, code, path, says string }{
		{"E44 equal Ids", change(`Id="3"`, `Id="0"`), CodeSame, "line 7", `Id 0 is already that of the Connection on line 6`},
		{"E44 one Path twice", change(`Type="Network" Path="[::1]:9100"`, `Type="Serial" Path="COM22:115200"`), CodeSame, "line 7", `Path "COM22:115200" is already`},
		{"E44 one port at two speeds", change(`Type="Network" Path="[::1]:9100"`, `Type="Serial" Path="\\.\com22:9600"`), CodeSame, "line 7", "line 6"},
		{"E41 the source's misprint", change("[::1]:9100", "192.1678.0.55:9100"), CodeHost, "line 7", `"192.1678.0.55" is no IP address`},
		{"E41 no port", change("[::1]:9100", "192.168.0.89"), CodePath, "line 7", "write it as 192.168.0.89:9100"},
		{"E41 a port that is none", change("[::1]:9100", "till:70000"), CodePort, "line 7", `"70000"`},
		{"E41 IPv6 without brackets", change("[::1]:9100", "::1:9100"), CodeHost, "line 7", "[::1]:9100"},
		{"E41 no speed", change("COM22:115200", "COM22"), CodePath, "line 6", "COM22:115200"},
		{"E41 a speed that is none", change("COM22:115200", "COM22:115201"), CodeSpeed, "line 6", `"115201"`},
		{"E41 an IP address as a COM port", change("COM22:115200", "192.168.0.89:9100"), CodeSpeed, "line 6", "needs Type Network"},
		{"E41 a COM port as an IP address", change(`Type="Serial"`, `Type="Network"`), CodePort, "line 6", "needs Type Serial"},
		{"E40 no XML", "port=8000", CodeMissing, "line 1", "Configuration"},
		{"E40 empty", "", CodeMissing, "line 1", "Configuration"},
		{"E40 another root", "<config/>", CodeRoot, "line 1", "config"},
		{"E40 cut off", twoDevices[:len(twoDevices)-40], CodeSyntax, "line 15", "unexpected EOF"},
		{"E40 no end of an element", "<Configuration>\n<Debug>true</Debug>", CodeSyntax, "line 1", "no end"},
		{"E40 an end of something else", change("</Debug>", "</debug>"), CodeSyntax, "line 12", "Debug"},
		{"E40 an ampersand", change("COM22", "COM&22"), CodeSyntax, "line 6", "entity"},
		{"E40 two roots", twoDevices + "<x/>", CodeSyntax, "line 17", "after the end"},
		{"E40 a root after elements", "<Debug>true</Debug>" + twoDevices[39:], CodeSyntax, "line 1", "after other elements"},
		{"E40 another version", change("1.0<", "2.0<"), CodeVersion, "line 3", `"2.0"`},
		{"E40 a port that is none", change("8100", "80000"), CodeNumber, "line 4", "ListeningPort"},
		{"E40 a port that is no number", change("8100", "порт"), CodeNumber, "line 4", "1 to 65535"},
		{"E40 no connection at all", `<Configuration><Connections/></Configuration>`, CodeMissing, "line 1", "Connection"},
		{"E40 no list of connections", "<Configuration>\n<Debug>true</Debug></Configuration>", CodeMissing, "line 1", "Connections"},
		{"E40 no type", change(`Type="Serial" `, ""), CodeMissing, "line 6", "Type"},
		{"E40 a strange type", change(`Type="Serial"`, `Type="USB"`), CodeName, "line 6", "Serial, Network"},
		{"E40 no path", change(`Path="COM22:115200" `, ""), CodeMissing, "line 6", "Path"},
		{"E40 neither true nor false", change(`"false" Reconnect="2"`, `"no" Reconnect="2"`), CodeBool, "line 6", "true or false"},
		{"E40 a negative interval", change(`Reconnect="2"`, `Reconnect="-1"`), CodeNumber, "line 6", "0 to 86400"},
		{"E40 a strange level", change("Warning", "Info"), CodeName, "line 13", "Verbose, Debug, Information"},
		{"E40 an element twice", change("<Debug>", "<Debug>true</Debug>\n<Debug>"), CodeTwice, "line 13", "line 12"},
		{"E40 an attribute twice", change(`Id="0"`, `Id="0" Id="1"`), CodeTwice, "line 6", "Id"},
		{"E42 two names of one time-out", change("<AckTimeout>", "<AckTimeoutMs>1</AckTimeoutMs><AckTimeout>"), CodeTwice, "line 8", "line 8"},
		{"E42 a delay that is too long", change(">7<", ">60001<"), CodeNumber, "line 15", "60000"},
		{"E40 too long", strings.Repeat(" ", MaxSize+1), CodeTooLong, "", "1048576"},
		{"E40 too deep", strings.Repeat("<Configuration>", 100), CodeTooLong, "line 1", "32"},
		{"E40 characters of no encoding", "\xFF\xFE\x00", CodeEncoding, "line 1", "UTF-16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			e, ok := errors.AsType[*ecr.Error](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, c.code, e.Code(), err)
			assert.Equal(t, c.path, e.Path(), err)
			assert.Contains(t, e.Error(), c.says)
			assert.NotContains(t, e.Error()+e.Message("ru"), "{")
			assert.NotContains(t, e.Error(), "\n")
		})
	}
	t.Run("E44 too many connections", func(t *testing.T) {
		c := &Config{}
		for i := range MaxConnections + 1 {
			c.Connections = append(c.Connections, Connection{ID: i, Type: Network, Path: "till-" + string(rune('a'+i)) + ":9100"})
		}
		_, err := c.AppendText(nil)
		assert.ErrorContains(t, err, "more than 24")
		c.Connections = c.Connections[1:]
		_, err = c.AppendText(nil)
		assert.NoError(t, err)
	})
	t.Run("E40 a file that is not there", func(t *testing.T) {
		_, err := Load(filepath.Join(t.TempDir(), "config.xml"))
		assert.ErrorIs(t, err, os.ErrNotExist)
		e, _ := errors.AsType[*ecr.Error](err)
		assert.Equal(t, CodeFile, e.Code())
	})
}

func TestPath(t *testing.T) {
	for _, c := range []struct {
		kind Type
		path string
		want string
	}{
		{Serial, "COM22:115200", "serial://COM22?baud=115200"},
		{Serial, "/dev/ttyUSB0:57600", "serial:///dev/ttyUSB0?baud=57600"},
		{Serial, `\\.\COM7:9600`, `serial://%5C%5C.%5CCOM7?baud=9600`},
		{Serial, "/dev/serial/by-id/usb-x:0:115200", "serial:///dev/serial/by-id/usb-x:0?baud=115200"},
		{Network, "192.168.0.89:9100", "tcp://192.168.0.89:9100"},
		{Network, "[::1]:9100", "tcp://[::1]:9100"},
		{Network, "[fe80::1%eth0]:9100", "tcp://[fe80::1%eth0]:9100"},
		{Network, "till-3.shop_1.local:09100", "tcp://till-3.shop_1.local:9100"},
		{Network, "касса:9100", "tcp://касса:9100"},
	} {
		t.Run("E41 "+c.path, func(t *testing.T) {
			a, err := ParsePath(c.kind, c.path)
			require.NoError(t, err)
			assert.Equal(t, c.want, a.String())
			back, err := ecr.ParseAddress(a.String())
			require.NoError(t, err)
			assert.Equal(t, a, back)
		})
	}
	for _, path := range []string{"", ":", ":9100", "till:", "a b:9100", "1.2.3:9100", "1.2.3.4.5:9100", "256.1.1.1:9100",
		"01.2.3.4:9100", "-a:9100", "a..b:9100", "[::1:9100", "[till]:9100", "[1.2.3.4]:9100", "till:0", "till:-1", "till:+9100", "tcp://till:9100"} {
		t.Run("E41 refuses "+path, func(t *testing.T) {
			_, err := ParsePath(Network, path)
			assert.Error(t, err)
		})
	}
	t.Run("E41 the speeds are those of the serial port", func(t *testing.T) {
		assert.Equal(t, serial.Speeds(), speeds[:])
	})
	t.Run("E41 no type", func(t *testing.T) {
		_, err := ParsePath(0, "COM1:9600")
		assert.ErrorContains(t, err, "Serial, Network")
	})
}

func TestLevels(t *testing.T) {
	t.Run("E40 six levels in slog", func(t *testing.T) {
		want := []slog.Level{-8, slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError, 12}
		for i, l := range []Level{LevelVerbose, LevelDebug, LevelInformation, LevelWarning, LevelError, LevelFatal} {
			assert.Equal(t, want[i], l.Slog())
			assert.Equal(t, l, LevelOf(want[i]))
			text, _ := l.MarshalText()
			var back Level
			require.NoError(t, back.UnmarshalText(text))
			assert.Equal(t, l, back)
		}
		assert.Equal(t, LevelVerbose, LevelOf(-100))
		assert.Equal(t, LevelFatal, LevelOf(100))
		assert.Equal(t, LevelDebug, LevelOf(-3))
		assert.Equal(t, slog.LevelInfo, Level(0).Slog())
		assert.Equal(t, "Level(9)", Level(9).String())
		assert.Equal(t, "Type(-1)", Type(-1).String())
		text, _ := Network.MarshalText()
		assert.Equal(t, "Network", string(text))
	})
}

func TestWrite(t *testing.T) {
	t.Run("E44 what was read is written byte for byte", func(t *testing.T) {
		for _, text := range []string{
			twoDevices, "\xEF\xBB\xBF" + strings.ReplaceAll(twoDevices, "\n", "\r\n"),
			change("<Debug>false</Debug>", "<Debug> False </Debug> remark <Own a='1'>x<!-- y --></Own>") + "<!-- end -->\n",
		} {
			b, err := read(t, text).AppendText([]byte("x"))
			require.NoError(t, err)
			assert.Equal(t, "x"+text, string(b))
		}
	})
	t.Run("E44 the sample gets its root and loses nothing", func(t *testing.T) {
		b, err := read(t, seed(t)).AppendText(nil)
		require.NoError(t, err)
		assert.Equal(t, "<Configuration>\n"+seed(t), string(b))
		assert.Empty(t, read(t, string(b)).Warnings)
		b, err = read(t, markUTF8+seed(t)).AppendText(nil)
		require.NoError(t, err)
		assert.Equal(t, markUTF8+"<Configuration>\n"+seed(t), string(b))
		b, err = read(t, `<?xml version="1.0"?>`+"\n<Connections><Connection Type='Serial' Path='COM1:9600'/></Connections>").AppendText(nil)
		require.NoError(t, err)
		assert.Equal(t, "<?xml version=\"1.0\"?>\n<Configuration>\n<Connections><Connection Type='Serial' Path='COM1:9600'/></Connections>\n</Configuration>\n", string(b))
	})
	t.Run("E44 an encoding stays", func(t *testing.T) {
		b, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte("<Configuration>\n" + seed(t)))
		require.NoError(t, err)
		c, err := Parse(b)
		require.NoError(t, err)
		back, err := c.AppendText(nil)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(b, back))
	})
	t.Run("E44 changes touch only what changed", func(t *testing.T) {
		c := read(t, "<Configuration>\n"+seed(t))
		c.ListeningPort = 9000
		c.Connections[0].Path = `a"b&<c:9600`
		c.Connections[0].ACK.Timeout = new(3 * time.Second)
		c.Connections = append(c.Connections, Connection{ID: 1, Type: Network, Path: "10.0.0.1:9100", ACK: ACK{EarlyForwarding: new(false)}})
		c.Debug = false
		c.ACK.EarlyForwarding = new(true)
		b, err := c.AppendText(nil)
		require.NoError(t, err)
		want := "<Configuration>\n" + seed(t)
		for _, p := range [][2]string{
			{">8000<", ">9000<"}, {`"COM22:115200" ReleasePort="false"
  Reconnect="2"/>
  </Connections>`, `"a&#34;b&amp;&lt;c:9600" ReleasePort="false"
  Reconnect="2" AckTimeout="3000"/>
    <Connection Id="1" Type="Network" Path="10.0.0.1:9100" ReleasePort="false" Reconnect="0" EarlyAckForwarding="false"/>
  </Connections>`}, {"<Debug>true", "<Debug>false"},
			{"</Configuration>", "  <EarlyAckForwarding>true</EarlyAckForwarding>\n</Configuration>"},
		} {
			require.Contains(t, want, p[0])
			want = strings.Replace(want, p[0], p[1], 1)
		}
		assert.Equal(t, want, string(b))
		again := read(t, string(b))
		assert.Equal(t, c.Devices(), again.Devices())
	})
	t.Run("E44 what is taken away goes with its line", func(t *testing.T) {
		c := read(t, twoDevices)
		c.Connections = slices.Delete(c.Connections, 0, 1)
		c.LogLevel, c.ACK = 0, ACK{}
		c.Connections[0].ACK.Timeout = nil
		b, err := c.AppendText(nil)
		require.NoError(t, err)
		lines := strings.SplitAfter(twoDevices, "\n")
		for _, gone := range []int{14, 13, 12, 7, 5} {
			lines = slices.Delete(lines, gone, gone+1)
		}
		assert.Equal(t, strings.Join(lines, ""), string(b))
	})
	t.Run("E44 attributes and elements of a Connection", func(t *testing.T) {
		text := change(`Id="0"`, `Id = '0' AckTimeout='300'  EarlyAckDelayMs="9"`)
		c := read(t, text)
		c.Connections[0].ID, c.Connections[0].ACK.Timeout, c.Connections[0].ACK.EarlyDelay = 7, nil, new(10*time.Millisecond)
		c.Connections[1].ACK.EarlyForwarding, c.Connections[1].ACK.EarlyDelay = new(true), new(time.Millisecond)
		c.Connections[1].Reconnect = time.Minute
		b, err := c.AppendText(nil)
		require.NoError(t, err)
		want := strings.NewReplacer(`Id = '0' AckTimeout='300'  EarlyAckDelayMs="9"`, `Id = "7"  EarlyAckDelayMs="10"`,
			`Reconnect="0"`, `Reconnect="60" EarlyAckDelayMs="1"`, "      <EarlyAckForwarding>false", "      <EarlyAckForwarding>true").Replace(text)
		assert.Equal(t, want, string(b))
	})
	t.Run("E44 all in one line", func(t *testing.T) {
		c := read(t, `<Configuration><Connections><Connection Type="Network" Path="till:9100"/></Connections></Configuration>`)
		c.Connections = append(c.Connections, Connection{ID: 1, Type: Network, Path: "b:1"})
		c.ListeningPort = 9000
		b, err := c.AppendText(nil)
		require.NoError(t, err)
		assert.Equal(t, c.Devices(), read(t, string(b)).Devices())
	})
	t.Run("E44 a new file", func(t *testing.T) {
		c := &Config{FormatVersion: "1.0", ListeningPort: 8000, Connections: []Connection{
			{Type: Serial, Path: "COM1:115200", Reconnect: 2 * time.Second}, {ID: 1, Type: Network, Path: "till:9100"}}}
		path := filepath.Join(t.TempDir(), "config.xml")
		require.NoError(t, c.Save(path))
		back, err := Load(path)
		require.NoError(t, err)
		assert.Equal(t, c.Devices(), back.Devices())
		require.NoError(t, back.Save(path))
		left, _ := os.ReadDir(filepath.Dir(path))
		assert.Len(t, left, 1)
		assert.Error(t, c.Save(filepath.Join(path, "config.xml")))
	})
	t.Run("E44 what could not be read again is not written", func(t *testing.T) {
		c := read(t, twoDevices)
		c.Connections[1].ID = 0
		b, err := c.AppendText([]byte("x"))
		assert.ErrorContains(t, err, "already")
		assert.Equal(t, "x", string(b))
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(seed(f)))
	f.Add([]byte(twoDevices))
	f.Add([]byte("\xFF\xFE<\x00a\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			if e, ok := errors.AsType[*ecr.Error](err); !ok || strings.Contains(e.Message("ru"), "{name}") {
				t.Fatal(err)
			}
			return
		}
		out, err := c.AppendText(nil)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if !c.bare && !bytes.Equal(out, data) {
			t.Fatalf("%q became %q", data, out)
		}
		c.ListeningPort, c.Debug, c.LogLevel = 0, !c.Debug, LevelFatal
		c.ACK.EarlyDelay = new(time.Second)
		c.Connections[0].ReleasePort = !c.Connections[0].ReleasePort
		if c.Connections[0].ID > 57535 {
			return
		}
		out, err = c.AppendText(nil)
		if err != nil {
			t.Fatalf("changed, it cannot be written: %v", err)
		}
		back, err := Parse(out)
		if err != nil || back.Debug != c.Debug || back.LogLevel != LevelFatal || *back.ACK.EarlyDelay != time.Second {
			t.Fatalf("%+v, %v", back, err)
		}
		if back.Connections[0].ReleasePort != c.Connections[0].ReleasePort {
			t.Fatalf("%q", out)
		}
	})
}
