package config

import (
	"bytes"
	"encoding"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const empty = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Configuration>\r\n  <Connections>\r\n  </Connections>\r\n</Configuration>\r\n"

var _ encoding.TextAppender = (*Config)(nil)

// Save writes the file: to a temporary one beside it, which then takes its name.
func (c *Config) Save(path string) error {
	data, err := c.AppendText(nil)
	if err != nil {
		return err
	}
	if err := replace(path, data); err != nil {
		return failBy(CodeFile, 0, err, arg("file", path), arg("deed", "write"))
	}
	return nil
}

func replace(path string, data []byte) (err error) {
	mode := os.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Chmod(mode); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// AppendText appends the file (rule E44). What was read stands as it stood:
// comments, blanks, unknown elements, stray text, and the values that were not
// changed. A value that cannot be read again is an error, nothing is appended
// then.
func (c *Config) AppendText(dst []byte) ([]byte, error) {
	from := c
	if c.root == nil {
		root, _, err := readDocument(empty)
		if err != nil {
			return dst, err
		}
		from = &Config{text: empty, script: plainUTF8, root: root, before: &Config{}}
	}
	w := &writer{c: from, newline: "\n"}
	if strings.Contains(from.text, "\r\n") {
		w.newline = "\r\n"
	}
	w.configuration(c, from)
	data, err := from.script.encode(w.apply())
	if err != nil {
		return dst, err
	}
	if _, err := parse(data); err != nil {
		return dst, err
	}
	return append(dst, data...), nil
}

// writer collects changes of a text.
type writer struct {
	c       *Config
	newline string
	edits   []edit
}

type edit struct {
	from, to int
	text     string
}

func (w *writer) put(from, to int, text string) { w.edits = append(w.edits, edit{from, to, text}) }

func (w *writer) apply() string {
	slices.SortStableFunc(w.edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for _, e := range w.edits {
		b.WriteString(w.c.text[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(w.c.text[at:])
	return b.String()
}

func (w *writer) configuration(c, from *Config) {
	root, old := from.root, from.before
	if from.bare {
		at := declaration.FindStringIndex(from.text)
		start := 0
		if at != nil {
			start = at[1]
		}
		w.put(start, start, "<"+rootName+">"+w.newline)
	}
	w.scalar(root, text(c.FormatVersion), text(old.FormatVersion), "FormatVersion")
	w.scalar(root, number(c.ListeningPort), number(old.ListeningPort), "ListeningPort")
	w.connections(c, from)
	w.scalar(root, truth(c.Debug), truth(old.Debug), "Debug")
	w.scalar(root, level(c.LogLevel), level(old.LogLevel), "LogLevel")
	w.ack(root, c.ACK, old.ACK)
	if from.bare && root.shut == root.end { // after what was added at the same place
		w.put(root.shut, root.shut, w.newline+"</"+rootName+">"+w.newline)
	}
}

func (w *writer) connections(c, from *Config) {
	list := from.root.kid("Connections")
	kept := map[*node]bool{}
	var added []string
	for _, n := range c.Connections {
		i := slices.IndexFunc(from.before.Connections, func(o Connection) bool { return n.at != nil && o.at == n.at })
		if i < 0 || kept[n.at] {
			added = append(added, n.element())
			continue
		}
		kept[n.at] = true
		w.connection(n, from.before.Connections[i])
	}
	for _, o := range from.before.Connections {
		if !kept[o.at] {
			w.remove(o.at)
		}
	}
	if len(added) > 0 {
		w.inside(list, 2, strings.Join(added, w.newline+"    "))
	}
}

func (w *writer) connection(n, old Connection) {
	at := n.at
	for _, a := range [...]struct{ name, now, was string }{
		{"Id", strconv.Itoa(n.ID), strconv.Itoa(old.ID)}, {"Type", n.Type.String(), old.Type.String()},
		{"Path", n.Path, old.Path}, {"ReleasePort", strconv.FormatBool(n.ReleasePort), strconv.FormatBool(old.ReleasePort)},
		{"Reconnect", seconds(n.Reconnect), seconds(old.Reconnect)},
	} {
		if a.now != a.was {
			w.attribute(at, a.name, &a.now)
		}
	}
	w.ack(at, n.ACK, old.ACK)
}

func (w *writer) ack(n *node, now, was ACK) {
	w.scalar(n, flag(now.EarlyForwarding), flag(was.EarlyForwarding), earlyNames...)
	w.scalar(n, millis(now.EarlyDelay), millis(was.EarlyDelay), delayNames...)
	w.scalar(n, millis(now.Timeout), millis(was.Timeout), timeoutNames...)
}

// scalar changes a value that stands in an element or attribute; nil is none. An
// element that was read is never empty: no value may be.
func (w *writer) scalar(n *node, now, was *string, names ...string) {
	if now == nil && was == nil || now != nil && was != nil && *now == *was {
		return
	}
	for _, name := range names {
		if _, ok := n.attr(name); ok && n.name == "Connection" {
			w.attribute(n, name, now)
			return
		}
	}
	k := n.kid(names...)
	switch {
	case k == nil && now == nil:
	case k == nil && n.name == rootName:
		w.inside(n, 1, "<"+names[0]+">"+escape(*now)+"</"+names[0]+">")
	case k == nil:
		w.attribute(n, names[0], now)
	case now == nil:
		w.remove(k)
	default:
		w.put(k.open, k.shut, escape(*now))
	}
}

// declaration is <?xml …?> with the blanks before and the line end after it.
var (
	declaration = regexp.MustCompile(`^\s*<\?xml[^>]*\?>\r?\n?`)
	attribute   = regexp.MustCompile(`\s*([^\s=/<>"']+)\s*=\s*("[^"]*"|'[^']*')`)
)

// attribute sets, adds or removes an attribute in a start tag.
func (w *writer) attribute(n *node, name string, now *string) {
	tag := w.c.text[n.start:n.open]
	for _, m := range attribute.FindAllStringSubmatchIndex(tag, -1) {
		if tag[m[2]:m[3]] != name {
			continue
		}
		if now == nil {
			w.put(n.start+m[0], n.start+m[1], "")
		} else {
			w.put(n.start+m[4], n.start+m[5], `"`+escape(*now)+`"`)
		}
		return
	}
	if now != nil {
		end := n.open - 1
		if n.closesItself() {
			end--
		}
		w.put(end, end, " "+name+`="`+escape(*now)+`"`)
	}
}

// inside adds an element as the last child.
func (w *writer) inside(n *node, depth int, element string) {
	indent := strings.Repeat("  ", depth)
	at := n.shut
	before := strings.TrimRight(w.c.text[:at], " \t")
	if n.name == rootName && w.c.bare || !strings.HasSuffix(before, "\n") {
		w.put(at, at, indent+element+w.newline)
		return
	}
	w.put(len(before), len(before), indent+element+w.newline)
}

// remove cuts an element out, with the blanks before it if it begins its line
// and the line end after it if it ends it.
func (w *writer) remove(n *node) {
	from, to, all := n.start, n.end, w.c.text
	before, after := strings.TrimRight(all[:from], " \t"), strings.TrimLeft(all[to:], " \t\r")
	if (before == "" || strings.HasSuffix(before, "\n")) && strings.HasPrefix(after, "\n") {
		from, to = len(before), len(all)-len(after)+1
	}
	w.put(from, to, "")
}

// element writes a new connection.
func (n *Connection) element() string {
	var b strings.Builder
	b.WriteString("<Connection Id=\"" + strconv.Itoa(n.ID) + "\" Type=\"" + n.Type.String() + "\" Path=\"" + escape(n.Path) +
		"\" ReleasePort=\"" + strconv.FormatBool(n.ReleasePort) + "\" Reconnect=\"" + seconds(n.Reconnect) + "\"")
	for _, v := range [...]struct {
		name string
		text *string
	}{
		{earlyNames[0], flag(n.ACK.EarlyForwarding)}, {delayNames[0], millis(n.ACK.EarlyDelay)}, {timeoutNames[0], millis(n.ACK.Timeout)},
	} {
		if v.text != nil {
			b.WriteString(" " + v.name + "=\"" + *v.text + "\"")
		}
	}
	return b.String() + "/>"
}

func escape(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s))
	return b.String()
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

// The texts of values; nil for what is not given.

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func number(n int) *string {
	if n == 0 {
		return nil
	}
	return new(strconv.Itoa(n))
}

func truth(v bool) *string { return new(strconv.FormatBool(v)) }

func level(l Level) *string {
	if l == 0 {
		return nil
	}
	return new(l.String())
}

func flag(p *bool) *string {
	if p == nil {
		return nil
	}
	return new(strconv.FormatBool(*p))
}

func millis(p *time.Duration) *string {
	if p == nil {
		return nil
	}
	return new(strconv.FormatInt(p.Milliseconds(), 10))
}
