package examples

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/customs"
	"github.com/obmen-go/obmen/customs/envelope"
	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/flk"
	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/exchange"
	"github.com/obmen-go/obmen/kmazs/office"
	"github.com/obmen-go/obmen/kmazs/office/dirfile"
	"github.com/obmen-go/obmen/kmazs/webapi"
	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/register"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/guard"
	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/redisguard"
)

// What a user may rely on, as the root package's godoc declares it.
type (
	coded     interface{ Code() string }
	located   interface{ Path() string }
	localized interface{ Message(lang string) string }
	retryable interface{ SafeToRetry() bool }
)

// contract is what every error type of the module must be.
type contract interface {
	error
	coded
	located
	localized
}

// sentContract is that of packages which send something.
type sentContract interface {
	contract
	retryable
}

// The error types of the packages; those of something sent say whether it is
// safe to repeat.
var (
	_ contract = (*dbfio.Error)(nil)
	_ contract = (*flagfile.Error)(nil)
	_ contract = (*kmazs.Error)(nil)
	_ contract = (*office.Error)(nil)
	_ contract = (*dirfile.Error)(nil)
	_ contract = (*marking.Error)(nil)
	_ contract = (*receipt.Error)(nil)
	_ contract = (*session.Error)(nil)
	_ contract = (*flow.Error)(nil)
	_ contract = (*guard.TakenError)(nil)
	_ contract = (*guard.LostError)(nil)
	_ contract = (*journal.Error)(nil)
	_ contract = (*notice.Error)(nil)
	_ contract = (*customs.Error)(nil)
	_ contract = (*envelope.Error)(nil)
	_ contract = (*flk.Error)(nil)
	_ contract = (*customru.FrameError)(nil)

	_ sentContract = (*exchange.Error)(nil)
	_ sentContract = (*webapi.Error)(nil)
	_ sentContract = (*ecr.Error)(nil)
	_ sentContract = (*customru.DeviceError)(nil)
	_ sentContract = (*permit.Error)(nil)
	_ sentContract = (*register.Error)(nil)
	_ sentContract = (*redisguard.Error)(nil)
)

var (
	placeholder = regexp.MustCompile(`\{[a-zA-Z]+\}`)
	cyrillic    = regexp.MustCompile(`\p{Cyrillic}`)
)

// TestMessageTables holds the error texts of every package together: each
// constant Code… has a text in messagesEN and in messagesRU, the two name the
// same placeholders, no table holds a text without a code, and no code stands twice.
func TestMessageTables(t *testing.T) {
	owner := map[string]string{}
	for _, p := range listPackages(t) {
		if p.Name == "main" || p.Name == "examples" {
			continue
		}
		rel := strings.TrimPrefix(p.ImportPath, module+"/")
		codes := map[string]string{} // constant name -> value
		tables := map[string]map[string]string{}
		fset := token.NewFileSet()
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			readCodes(t, f, codes)
			readTables(t, fset, f, tables)
		}
		if len(codes) == 0 && len(tables) == 0 {
			continue
		}
		t.Run(rel, func(t *testing.T) {
			en, ru := tables["messagesEN"], tables["messagesRU"]
			for name, value := range codes {
				if other, taken := owner[value]; taken {
					t.Errorf("code %s of %s is already one of %s", value, rel, other)
				}
				owner[value] = rel
				if en[name] == "" || ru[name] == "" {
					t.Errorf("%s (%s) lacks a text: en %q, ru %q", name, value, en[name], ru[name])
					continue
				}
				if a, b := placeholders(en[name]), placeholders(ru[name]); !slices.Equal(a, b) {
					t.Errorf("%s: placeholders differ: en %v, ru %v", name, a, b)
				}
				if !cyrillic.MatchString(ru[name]) {
					t.Errorf("%s: the Russian text is not Russian: %q", name, ru[name])
				}
			}
			for _, table := range tables {
				for name := range table {
					if codes[name] == "" {
						t.Errorf("a text for %s, which is no code", name)
					}
				}
			}
		})
	}
}

func placeholders(s string) []string {
	list := placeholder.FindAllString(s, -1)
	slices.Sort(list)
	return slices.Compact(list)
}

func readCodes(t *testing.T, f *ast.File, codes map[string]string) {
	t.Helper()
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			for i, n := range v.Names {
				if len(n.Name) < 5 || !strings.HasPrefix(n.Name, "Code") || n.Name[4] < 'A' || n.Name[4] > 'Z' || i >= len(v.Values) {
					continue
				}
				if lit, ok := v.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					codes[n.Name] = unquote(t, lit)
				}
			}
		}
	}
}

func readTables(t *testing.T, fset *token.FileSet, f *ast.File, tables map[string]map[string]string) {
	t.Helper()
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if len(v.Names) != 1 || len(v.Values) != 1 || v.Names[0].Name != "messagesEN" && v.Names[0].Name != "messagesRU" {
				continue
			}
			table := map[string]string{}
			tables[v.Names[0].Name] = table
			lit, ok := v.Values[0].(*ast.CompositeLit)
			if !ok {
				t.Fatalf("%s: %s is not a literal", fset.Position(v.Pos()), v.Names[0].Name)
			}
			for _, e := range lit.Elts {
				kv := e.(*ast.KeyValueExpr)
				key, ok := kv.Key.(*ast.Ident)
				if !ok {
					t.Fatalf("%s: the key is not a constant of this package", fset.Position(kv.Pos()))
				}
				table[key.Name] = constant(t, fset, kv.Value)
			}
		}
	}
}

// constant evaluates a string literal or a sum of them.
func constant(t *testing.T, fset *token.FileSet, e ast.Expr) string {
	t.Helper()
	switch e := e.(type) {
	case *ast.BasicLit:
		return unquote(t, e)
	case *ast.BinaryExpr:
		return constant(t, fset, e.X) + constant(t, fset, e.Y)
	}
	t.Fatalf("%s: the text is not a string literal", fset.Position(e.Pos()))
	return ""
}

func unquote(t *testing.T, lit *ast.BasicLit) string {
	t.Helper()
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
