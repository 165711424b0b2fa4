package customrutest

import "slices"

// counter is a number and a sum.
type counter struct {
	n   uint32
	sum uint64
}

func (c *counter) add(sum uint64) {
	c.n++
	c.sum += sum
}

// totals is the block of F5H, F6H and C0H.
type totals struct {
	operations uint32
	kinds      [4]kindTotals
	corrected  uint32
	fixes      [4]counter
}

type kindTotals struct {
	counter
	paid [5]uint64
	vat  [6]uint64
}

// rowTotals are the figures of FBH and FCH, by kind of receipt.
type rowTotals struct {
	departments [17][4]counter // of the day, by row of table 120
	period      [17][4]counter // since 43H cleared them
	discounts   [21][4]counter // of the shift, by row of the discounts
}

// newDay begins the figures of a shift.
func (r *Register) newDay() {
	r.day, r.drawer = totals{}, [14]counter{}
	r.rows.departments, r.rows.discounts = [17][4]counter{}, [21][4]counter{}
}

// count adds the closed receipt to all figures.
func (x *call) count(total, cash uint64) {
	r := &x.receipt
	for _, t := range []*totals{&x.grand, &x.day} {
		t.operations++
		if r.correction {
			t.corrected++
			t.fixes[r.kind].add(total)
			continue
		}
		k := &t.kinds[r.kind]
		k.add(total)
		for i := range k.paid {
			if i == 0 {
				k.paid[0] += cash
			} else {
				k.paid[i] += r.paid[i]
			}
		}
		for i, sum := range r.vat() {
			k.vat[i] += sum
		}
	}
	if r.correction {
		return
	}
	amounts := r.amounts()
	for i, it := range r.items {
		if it.department > 0 {
			x.rows.departments[it.department][r.kind].add(amounts[i])
			x.rows.period[it.department][r.kind].add(amounts[i])
		}
	}
	for _, a := range r.adjustments() {
		x.rows.discounts[a.row][r.kind].add(a.sum)
		x.drawer[6+2*r.kind+int(flag(a.markup()))].add(a.sum)
	}
}

func (x *call) grandTotals() fault { return x.putTotals(&x.grand, 8) }
func (x *call) dayTotals() fault   { return x.putTotals(&x.day, 8) }

func (x *call) putTotals(t *totals, size int) fault {
	x.put(uint64(t.operations), 4)
	for _, k := range t.kinds {
		x.putKind(k, size)
	}
	x.put(uint64(t.corrected), 4)
	x.putCounters(t.fixes[:], 4, size)
	return fault{}
}

func (x *call) putKind(k kindTotals, size int) {
	x.putCounters([]counter{k.counter}, 4, size)
	for _, sum := range k.paid {
		x.put(sum, size)
	}
	for _, sum := range k.vat {
		x.put(sum, size)
	}
}

func (x *call) putCounters(list []counter, count, sum int) {
	for _, c := range list {
		x.put(uint64(c.n), count)
		x.put(c.sum, sum)
	}
}

// scope reads the scope of C0H, C1H and C2H.
func (x *call) scope() (*totals, fault) {
	switch x.in.U8() {
	case 0:
		return &x.day, fault{}
	case 1:
		return &x.grand, fault{}
	}
	return nil, fault{codeTooLarge, 2}
}

// fnTotals is C0H: the drive counts what F5H and F6H count.
func (x *call) fnTotals() fault {
	t, f := x.scope()
	if f.code != 0 {
		return f
	}
	x.put(uint64(x.shift.number), 2)
	return x.putTotals(t, 6)
}

// fnCounts is C1H.
func (x *call) fnCounts() fault {
	t, f := x.scope()
	if f.code != 0 {
		return f
	}
	documents := uint64(x.shift.documents)
	if t == &x.grand {
		documents = uint64(x.fd - firstFD)
	}
	x.put(uint64(x.shift.number), 2)
	x.put(documents, 4)
	for _, k := range t.kinds {
		x.put(uint64(k.n), 4)
	}
	x.put(uint64(t.corrected), 4)
	for _, c := range t.fixes {
		x.put(uint64(c.n), 4)
	}
	return fault{}
}

// fnKindTotals is C2H.
func (x *call) fnKindTotals() fault {
	t, f := x.scope()
	if f.code != 0 {
		return f
	}
	kind := int(x.in.U8())
	if kind < 1 || kind > 4 {
		return fault{codeNotListed, 3}
	}
	x.putKind(t.kinds[kind-1], 6)
	x.putCounters(t.fixes[kind-1:kind], 4, 6)
	return fault{}
}

// unsent is F9H: what the OFD has not confirmed.
func (x *call) unsent() fault { return x.putUnsent(8) }

// fnUnsent is C6H.
func (x *call) fnUnsent() fault { return x.putUnsent(6) }

func (x *call) putUnsent(size int) fault {
	var kinds [4]counter
	for _, d := range x.docs {
		if d.kind == formReceipt && d.fd > x.confirmed {
			kinds[d.operation-1].add(d.sum)
		}
	}
	x.put(uint64(x.fd-x.confirmed), 4)
	x.putCounters(kinds[:], 4, size)
	return fault{}
}

// fnDataSize is C7H: the bytes of the documents that wait for the OFD.
func (x *call) fnDataSize() fault {
	size := uint64(0)
	for _, d := range x.docs {
		if d.fd > x.confirmed {
			for _, t := range d.tags {
				size += uint64(len(t))
			}
		}
	}
	x.put(size, 4)
	return fault{}
}

// Rooms of the fiscal drive, of C5H.
const (
	roomFiveYears  = 250_000
	roomThirtyDays = 160_000
)

func (x *call) fnStorage() fault {
	used := uint64(x.fd)
	x.put(roomFiveYears-min(used, roomFiveYears), 4)
	x.put(roomThirtyDays-min(uint64(x.fd-x.confirmed), roomThirtyDays), 4)
	return fault{}
}

func (x *call) cashState() fault {
	x.put(x.cash, 8)
	x.putCounters(x.drawer[:], 2, 8)
	return fault{}
}

// departments is FBH: day or period.
func (x *call) departments() fault {
	flags, row := x.in.U8(), x.in.U8()
	switch {
	case flags > 3:
		return fault{codeBadValue, 2}
	case row < 1 || row > 16:
		return fault{codeNoRow, 3}
	}
	figures := &x.rows.departments
	if flags&1 != 0 {
		figures = &x.rows.period
	}
	x.putCounters(figures[row][:], 4, 8)
	return fault{}
}

// discounts is FCH.
func (x *call) discounts() fault {
	x.in.U8()
	row := x.in.U8()
	if row < 1 || row > 20 {
		return fault{codeNoRow, 3}
	}
	x.putCounters(x.rows.discounts[row][:], 2, 8)
	return fault{}
}

// Reports of 42H and 43H.
const (
	reportInfo        = 1
	reportExtended    = 3
	reportDepartments = 20
	reportPeriod      = 21
	reportVAT         = 51
)

func (x *call) report() fault {
	_, f := x.listed(reportInfo, reportExtended, reportDepartments, reportPeriod, reportVAT)
	return f
}

// reportClear is 43H: it clears the figures of the period that it prints.
func (x *call) reportClear() fault {
	kind, f := x.listed(reportPeriod, reportVAT)
	if kind == reportPeriod {
		x.rows.period = [17][4]counter{}
	}
	return f
}

func (x *call) listed(kinds ...uint16) (uint16, fault) {
	kind := x.in.U16()
	if x.opt.Model == ModelTK302 && kind >= reportDepartments || !slices.Contains(kinds, kind) {
		return 0, fault{codeNotListed, 2}
	}
	return kind, fault{}
}
