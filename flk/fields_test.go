package flk

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTypesFollowTheTable: the comments of the types say what the table says, in
// its order, so that godoc, codec, validator and schema cannot drift.
func TestTypesFollowTheTable(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "protocol.go", nil, parser.ParseComments)
	require.NoError(t, err)
	types := map[string]Group{"File": GroupFile, "Sender": GroupSender, "Document": GroupDocument, "SourceFile": GroupSource, "ErrorEntry": GroupError}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || types[spec.Name.Name] == 0 {
			return true
		}
		fields := groupFields(types[spec.Name.Name])
		for i, want := range fields {
			field := spec.Type.(*ast.StructType).Fields.List[i]
			need := map[bool]string{true: "О", false: "Н"}[want.Required]
			format := fmt.Sprintf("T(%d-%d)", want.Min, want.Max)
			switch {
			case want.Kind == KindDate:
				format = "D"
			case want.Kind == KindNumber:
				format = fmt.Sprintf("N(%d-%d)", want.Min, want.Max)
			case want.Min == want.Max:
				format = fmt.Sprintf("T(%d)", want.Max)
			}
			comment := strings.Join(strings.Fields(field.Doc.Text()), " ")
			require.Equal(t, fmt.Sprintf("%s is %s, %s %s: %s.", field.Names[0].Name, want.Code, need, format, want.Name), comment)
		}
		return false
	})
}
