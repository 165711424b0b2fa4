package examples

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAPI holds the exported API against its baseline, .ci/api.txt: what others
// build upon changes only by intent. After a wanted change run
//
//	go test ./examples -run TestAPI -update
//
// and look at the difference: a line that went is a break and needs a word in the
// changelog.
func TestAPI(t *testing.T) {
	var got strings.Builder
	for _, p := range listPackages(t) {
		rel := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if p.Name == "main" || rel == "" || domain(rel) == "examples" || strings.Contains("/"+rel+"/", "/internal/") {
			continue
		}
		fmt.Fprintf(&got, "package %s\n", rel)
		for _, line := range exported(t, p) {
			fmt.Fprintf(&got, "\t%s\n", line)
		}
	}
	path := filepath.Join("..", ".ci", "api.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	have := strings.Split(got.String(), "\n")
	pkg := ""
	told := func(what string, lines, others []string) {
		for _, line := range lines {
			if strings.HasPrefix(line, "package ") {
				pkg = line
			}
			if !slices.Contains(others, line) {
				t.Errorf("%s: %s: %s", pkg, what, strings.TrimSpace(line))
			}
		}
	}
	told("gone from the API", want, have)
	told("new in the API", have, want)
	if !t.Failed() && !slices.Equal(want, have) {
		t.Error("the baseline's order is another: run with -update")
	}
}

// exported is a line for each exported identifier of a package, sorted.
func exported(t *testing.T, p goPackage) []string {
	t.Helper()
	fset := token.NewFileSet()
	var lines []string
	text := func(node any) string {
		var b bytes.Buffer
		if err := (&printer.Config{Mode: printer.RawFormat}).Fprint(&b, fset, node); err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(b.String()), " ")
	}
	add := func(parts ...string) { lines = append(lines, strings.Join(parts, "")) }
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.FileExports(f)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil || exportedReceiver(d.Recv) {
					d.Body = nil
					add(text(d))
				}
			case *ast.GenDecl:
				if d.Tok == token.IMPORT {
					continue
				}
				kind := "" // a constant without a type of its own has that of the line before
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						name := "type " + text(&ast.TypeSpec{Name: s.Name, TypeParams: s.TypeParams, Assign: s.Assign, Type: ast.NewIdent("")})
						name = strings.TrimSpace(name)
						switch typ := s.Type.(type) {
						case *ast.StructType:
							add(name, " struct")
							for _, f := range typ.Fields.List {
								if f.Names == nil {
									add(name, " struct, ", text(f.Type))
								}
								for _, n := range f.Names {
									add(name, " struct, ", n.Name, " ", text(f.Type))
								}
							}
						case *ast.InterfaceType:
							add(name, " interface")
							for _, m := range typ.Methods.List {
								if m.Names == nil {
									add(name, " interface, ", text(m.Type))
								}
								for _, n := range m.Names {
									add(name, " interface, ", n.Name, strings.TrimPrefix(text(m.Type), "func"))
								}
							}
						default:
							add(name, " ", text(s.Type))
						}
					case *ast.ValueSpec:
						if s.Type != nil {
							kind = " " + text(s.Type)
						} else if s.Values != nil {
							kind = ""
						}
						for i, n := range s.Names {
							line := d.Tok.String() + " " + n.Name + kind
							if i < len(s.Values) {
								if lit, ok := s.Values[i].(*ast.BasicLit); ok {
									line += " = " + lit.Value
								}
							}
							add(line)
						}
					}
				}
			}
		}
	}
	slices.Sort(lines)
	return lines
}
