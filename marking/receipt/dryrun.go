package receipt

// DryRun lists a receipt without a register: the checks that would be made of
// its marks, in the order of the items, and the commands of the receipt.
// Industry, if not nil, gives the block of an item's permit check by its index.
func DryRun(r Receipt, d Device, industry func(item int) *Industry) ([]Checked, Plan, error) {
	var checks []Checked
	for i, it := range r.Items {
		code, err := it.Mark.read()
		if it.Mark == "" || err != nil {
			continue
		}
		c := Expect(Mark(code.Text()), it.Completed(r.Type).Status)
		if industry != nil {
			c.Industry = industry(i)
		}
		checks = append(checks, c)
	}
	plan, err := Compose(r, checks, d)
	if err != nil {
		return nil, Plan{}, err
	}
	return checks, plan, nil
}
