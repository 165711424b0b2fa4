package examples

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/obmen-go/obmen"

// siblings lists, for each domain, which other domains its packages may import:
// key "a" covers the package a and all below it, "a/b" a sub-package more exactly.
var siblings = map[string][]string{
	"kmazs":            {"dbfio"},
	"kmazs/exchange":   {"dbfio", "flagfile"},
	"marking/register": {"ecr"},
	"examples":         {"kmazs", "dbfio", "flagfile", "ecr", "marking", "customs", "flk"},
}

// thirdParty lists which packages may import a dependency; "test" stands for
// test files. What is not listed is not allowed.
var thirdParty = map[string][]string{
	"github.com/stretchr/testify":         {"test"},
	"github.com/Valentin-Kaiser/go-dbase": {"dbfio test"},
	"gopkg.in/ini.v1":                     {"flagfile"},
	"go.bug.st/serial":                    {"ecr/serial"},
	"golang.org/x/text":                   {"dbfio", "flagfile", "kmazs", "ecr", "flk", "examples"},
	"github.com/google/uuid":              {"kmazs", "marking", "flk", "customs", "examples"},
	"github.com/redis/go-redis":           {"marking/session/redisguard"},
	"github.com/schollz/progressbar":      {"examples"},
	"golang.org/x/term":                   {"examples"},
	"golang.org/x/sys":                    {"examples", "kmazs", "ecr", "flagfile"},
	"github.com/redis/go-redis/v9":        {"marking/session/redisguard", "examples test"},
	"github.com/boombuler/barcode":        {"examples/marking-till"},
	"github.com/chromedp/chromedp":        {"examples test"},
	"github.com/chromedp/cdproto":         {"examples test"},
	"github.com/prometheus/client_golang": {"examples/ecr-gateway"},
	"gopkg.in/natefinch/lumberjack.v2":    {"examples/ecr-gateway"},
}

type goPackage struct {
	ImportPath                         string
	Standard                           bool
	Imports, TestImports, XTestImports []string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Dir, Doc, Name                     string
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Standard,Imports,TestImports,XTestImports,GoFiles,TestGoFiles,XTestGoFiles,Dir,Doc,Name", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func domain(rel string) string {
	first, _, _ := strings.Cut(rel, "/")
	return first
}

// mayImport says whether the package rel may import the package other of this module.
func mayImport(rel, other string) bool {
	if domain(rel) == domain(other) {
		return true
	}
	for p := rel; p != "."; p = path.Dir(p) {
		if allowed, ok := siblings[p]; ok {
			return slices.Contains(allowed, domain(other))
		}
	}
	return false
}

// mayUse says whether the package rel may import a dependency.
func mayUse(rel, dep string, test bool) (known, ok bool) {
	for prefix, users := range thirdParty {
		if dep != prefix && !strings.HasPrefix(dep, prefix+"/") {
			continue
		}
		for _, user := range users {
			where, onlyTest := strings.CutSuffix(user, " test")
			switch {
			case user == "test" && test,
				(!onlyTest || test) && (rel == where || strings.HasPrefix(rel, where+"/")):
				return true, true
			}
		}
		return true, false
	}
	return false, false
}

func TestAllowedImports(t *testing.T) {
	for _, p := range listPackages(t) {
		rel := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if rel == "" {
			if n := len(p.Imports) + len(p.TestImports) + len(p.XTestImports); n > 0 {
				t.Errorf("the root package is a doc.go alone, but imports %d packages", n)
			}
			continue
		}
		check := func(imports []string, test bool) {
			for _, imp := range imports {
				if other, ours := strings.CutPrefix(imp, module+"/"); ours {
					if !mayImport(rel, other) {
						t.Errorf("%s imports %s: not one of the allowed siblings", rel, other)
					}
					continue
				}
				if first, _, _ := strings.Cut(imp, "/"); !strings.Contains(first, ".") {
					if imp == "C" {
						t.Errorf("%s uses cgo", rel)
					}
					continue
				}
				if known, ok := mayUse(rel, imp, test); !known {
					t.Errorf("%s imports %s, which is no named dependency", rel, imp)
				} else if !ok {
					t.Errorf("%s imports %s, which is contained elsewhere", rel, imp)
				}
			}
		}
		check(p.Imports, false)
		check(p.TestImports, true)
		check(p.XTestImports, true)
	}
}

func TestImportRules(t *testing.T) {
	for _, c := range []struct {
		rel, other string
		want       bool
	}{
		{"kmazs", "dbfio", true},
		{"kmazs", "flagfile", false},
		{"kmazs/exchange", "flagfile", true},
		{"kmazs/webapi", "flagfile", false},
		{"dbfio", "kmazs", false},
		{"marking", "ecr", false},
		{"marking/register", "ecr", true},
		{"marking/register", "ecr/shtrihm", true},
		{"flk", "dbfio", false},
		{"examples/tour", "flk", true},
		{"ecr/serial", "ecr", true},
	} {
		if got := mayImport(c.rel, c.other); got != c.want {
			t.Errorf("mayImport(%s, %s) = %v", c.rel, c.other, got)
		}
	}
	if _, ok := mayUse("ecr", "go.bug.st/serial", false); ok {
		t.Error("the core of ecr may not link the serial library")
	}
	if _, ok := mayUse("dbfio", "github.com/Valentin-Kaiser/go-dbase/dbase", false); ok {
		t.Error("go-dbase is for tests only")
	}
	if _, ok := mayUse("dbfio", "github.com/Valentin-Kaiser/go-dbase/dbase", true); !ok {
		t.Error("go-dbase is the peer of dbfio's tests")
	}
}
