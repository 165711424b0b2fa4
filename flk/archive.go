package flk

import (
	"archive/zip"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/obmen-go/obmen/flk/internal/fault"
)

// ZIPLimits bound an archive. Zero fields mean the defaults.
type ZIPLimits struct {
	Members int   // files in the archive; default 10 000
	Member  int64 // bytes of one protocol unpacked; default 4 GiB
	Total   int64 // bytes of all protocols unpacked; default 8 GiB
	Ratio   int64 // bytes unpacked for one packed; default 200
}

func (l ZIPLimits) orDefaults() ZIPLimits {
	if l.Members <= 0 {
		l.Members = 10_000
	}
	if l.Member <= 0 {
		l.Member = 4 << 30
	}
	if l.Total <= 0 {
		l.Total = 8 << 30
	}
	if l.Ratio <= 0 {
		l.Ratio = 200
	}
	return l
}

// ratioFrom is the unpacked size below which the ratio does not matter: a small
// protocol of many like documents packs very well.
const ratioFrom = 1 << 20

// Archive is a ZIP file with protocols: each *.xml member is one. Names are for
// messages only, never paths. It may be used by many goroutines.
type Archive struct {
	members []*zip.File
	limits  ZIPLimits
}

// OpenArchive reads the directory of an archive. An archive with an unsafe path,
// without protocols or over the limits is refused as a whole; nil limits mean the
// defaults.
func OpenArchive(r io.ReaderAt, size int64, limits *ZIPLimits) (*Archive, error) {
	if limits == nil {
		limits = &ZIPLimits{}
	}
	a := &Archive{limits: limits.orDefaults()}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, zipError("", err)
	}
	if len(z.File) > a.limits.Members {
		return nil, newError(CodeZIPMembers, "", arg{Name: "limit", Value: number(a.limits.Members)})
	}
	var total uint64
	for _, f := range z.File {
		if unsafePath(f.Name) {
			return nil, newError(CodeZIPName, memberPath(f.Name))
		}
		if f.FileInfo().IsDir() || !strings.EqualFold(suffix(f.Name), ".xml") {
			continue
		}
		if f.UncompressedSize64 > uint64(a.limits.Member) {
			return nil, sizeError(CodeZIPSize, f.Name, a.limits.Member)
		}
		if total += f.UncompressedSize64; total > uint64(a.limits.Total) {
			return nil, sizeError(CodeZIPSize, f.Name, a.limits.Total)
		}
		if f.UncompressedSize64 > ratioFrom && f.UncompressedSize64/uint64(a.limits.Ratio) > f.CompressedSize64 {
			return nil, sizeError(CodeZIPRatio, f.Name, a.limits.Ratio)
		}
		a.members = append(a.members, f)
	}
	if len(a.members) == 0 {
		return nil, newError(CodeZIPEmpty, "")
	}
	return a, nil
}

// Protocols opens the protocols one by one in the order of the archive. The
// reader is valid until the next step. Its errors hold the limits even where the
// archive's directory lies about sizes.
func (a *Archive) Protocols() iter.Seq2[Member, error] {
	return func(yield func(Member, error) bool) {
		left := a.limits.Total
		for _, f := range a.members {
			rc, err := f.Open()
			if err != nil {
				if !yield(Member{Name: f.Name}, zipError(f.Name, err)) {
					return
				}
				continue
			}
			m := &memberReader{r: rc, name: f.Name, left: min(a.limits.Member, left), limit: a.limits.Member,
				packed: int64(f.CompressedSize64), ratio: a.limits.Ratio}
			more := yield(Member{f.Name, m}, nil)
			left -= m.read
			rc.Close()
			if !more {
				return
			}
		}
	}
}

// Member is a protocol of an archive.
type Member struct {
	// Name is what the archive calls it: for messages, never a path.
	Name string
	// Reader gives its bytes.
	Reader io.Reader
}

// memberReader holds an unpacked member against the limits.
type memberReader struct {
	r                                io.Reader
	name                             string
	read, left, limit, packed, ratio int64
}

func (m *memberReader) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.read += int64(n)
	switch {
	case m.read > m.left:
		return 0, sizeError(CodeZIPSize, m.name, m.limit)
	case m.read > ratioFrom && m.read/m.ratio > m.packed:
		return 0, sizeError(CodeZIPRatio, m.name, m.ratio)
	case err != nil && err != io.EOF:
		return n, zipError(m.name, err)
	}
	return n, err
}

// unsafePath finds what would lead out of a folder on any system.
func unsafePath(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	if strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' || strings.ContainsRune(name, 0) {
		return true
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

func suffix(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[i:]
	}
	return ""
}
func memberPath(name string) string {
	if name == "" {
		return ""
	}
	return "member " + strconv.Quote(fault.Clip(name))
}

func zipError(name string, cause error) error {
	e := newError(CodeZIP, memberPath(name))
	e.cause = cause
	return e
}

func sizeError(code, name string, limit int64) error {
	return newError(code, memberPath(name), arg{Name: "limit", Value: strconv.FormatInt(limit, 10)})
}
