package receipt

import (
	"fmt"
	"log/slog"
)

// Logs never hold a whole mark, whatever the handler does with values: a JSON
// handler would take the texts that MarshalText writes, hex and all.
var (
	_ slog.LogValuer = Receipt{}
	_ slog.LogValuer = Item{}
	_ slog.LogValuer = Checked{}
	_ slog.LogValuer = Plan{}
	_ slog.LogValuer = SendItemBarcode{}
	_ slog.LogValuer = Mark("")
)

// LogValue describes the receipt without marks.
func (r Receipt) LogValue() slog.Value {
	total, _ := r.Total()
	return slog.GroupValue(slog.String("type", r.Type.String()), slog.Int("items", len(r.Items)), slog.String("total", total.String()))
}

// LogValue describes the item without its mark's tail.
func (it Item) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", it.Name), slog.String("price", it.Price.String()),
		slog.String("quantity", it.Quantity.String()), slog.String("mark", it.Mark.String()))
}

// LogValue describes the check without the mark's tail.
func (c Checked) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%s type %s server %s status %s", c.Mark, c.Answer.Type, c.Answer.Server, c.Answer.Status))
}

// LogValue describes the plan in short.
func (p Plan) LogValue() slog.Value {
	return slog.GroupValue(slog.String("type", p.Type.String()), slog.Int("commands", len(p.Steps)), slog.String("total", p.Total.String()))
}

// LogValue describes the command without the mark's tail.
func (c SendItemBarcode) LogValue() slog.Value { return slog.StringValue(c.String()) }
