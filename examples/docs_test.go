package examples

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocCoverage: every package has a package comment, every exported
// identifier of a library package a comment, every library package an example.
func TestDocCoverage(t *testing.T) {
	for _, p := range listPackages(t) {
		rel := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if p.Doc == "" && len(p.GoFiles) > 0 {
			t.Errorf("%s: no package comment", p.ImportPath)
		}
		if p.Name == "main" || rel == "" || domain(rel) == "examples" {
			continue
		}
		fset := token.NewFileSet()
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range undocumented(fset, f) {
				t.Errorf("%s: %s has no comment", fset.Position(id.Pos()), id.Name)
			}
		}
		if strings.Contains("/"+rel+"/", "/internal/") {
			continue
		}
		if !hasExample(t, fset, p) {
			t.Errorf("%s: no Example function", rel)
		}
	}
}

func hasExample(t *testing.T, fset *token.FileSet, p goPackage) bool {
	t.Helper()
	for _, name := range append(p.TestGoFiles, p.XTestGoFiles...) {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "Example") {
				return true
			}
		}
	}
	return false
}

// undocumented lists the exported identifiers of a file that carry no comment.
func undocumented(fset *token.FileSet, f *ast.File) []*ast.Ident {
	var bad []*ast.Ident
	need := func(id *ast.Ident, docs ...*ast.CommentGroup) {
		if !id.IsExported() {
			return
		}
		for _, d := range docs {
			if d.Text() != "" {
				return
			}
		}
		bad = append(bad, id)
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || exportedReceiver(d.Recv) {
				need(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					need(s.Name, s.Doc, d.Doc)
					if s.Name.IsExported() {
						undocumentedMembers(fset, s.Type, need)
					}
				case *ast.ValueSpec:
					for _, n := range s.Names {
						need(n, s.Doc, s.Comment, d.Doc)
					}
				}
			}
		}
	}
	return bad
}

// undocumentedMembers looks at struct fields and interface methods; one comment
// may stand over a run of fields that follow each other without a blank line.
func undocumentedMembers(fset *token.FileSet, typ ast.Expr, need func(*ast.Ident, ...*ast.CommentGroup)) {
	switch typ := typ.(type) {
	case *ast.StructType:
		var above *ast.CommentGroup
		last := 0
		for _, f := range typ.Fields.List {
			if first := fset.Position(f.Pos()).Line; f.Doc != nil {
				above = f.Doc
			} else if first != last+1 {
				above = nil
			}
			last = fset.Position(f.End()).Line
			for _, n := range f.Names {
				need(n, f.Comment, above)
			}
		}
	case *ast.InterfaceType:
		for _, m := range typ.Methods.List {
			for _, n := range m.Names {
				need(n, m.Doc, m.Comment)
			}
		}
	}
}

func exportedReceiver(recv *ast.FieldList) bool {
	typ := recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.IndexListExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}
