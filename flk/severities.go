package flk

const (
	off = Severity(0)
	wrn = SeverityWarning
	bad = SeverityError
)

// severities has those codes that are not errors in both profiles: strict, lenient.
var severities = map[string][2]Severity{
	CodeSpaces: {bad, wrn}, CodeSpelling: {bad, wrn}, CodeLastID: {bad, wrn},
	CodeUnknownLeaf: {bad, wrn}, CodeUnknownGroup: {bad, wrn}, CodeStrayText: {bad, wrn},
	CodeOrder: {bad, wrn}, CodeUnknownLayout: {bad, wrn},
	CodeLeadingZeros: {wrn, wrn}, CodeFileIDCountry: {wrn, wrn}, CodeFileIDMix: {wrn, wrn},
	CodePhone: {wrn, wrn}, CodeEmail: {wrn, wrn}, CodeSeparator: {wrn, wrn}, CodeTrackingLimit: {wrn, wrn},

	CodeX2: {bad, wrn}, CodeX3: {wrn, wrn}, CodeX4: {bad, wrn}, CodeX5: {wrn, wrn}, CodeX6: {bad, wrn},
	CodeX7: {wrn, wrn}, CodeX8: {wrn, wrn}, CodeX9: {wrn, wrn},
	CodeX10: {wrn, wrn}, CodeX10Same: {bad, wrn}, CodeX11: {wrn, wrn}, CodeX12Before: {wrn, wrn}, CodeX12After: {wrn, wrn},
	CodeX14: {wrn, off}, CodeX15: {bad, wrn}, CodeX16: {wrn, off}, CodeX17: {wrn, wrn}, CodeX18: {bad, wrn},
	CodeX19FileID: {bad, wrn}, CodeX19FileName: {bad, wrn}, CodeX19Count: {wrn, wrn},
}

// severity of a finding; what is not in the table is an error in both.
func (p Profile) severity(code string) Severity {
	s, ok := severities[code]
	switch {
	case !ok:
		return SeverityError
	case p == Lenient:
		return s[1]
	}
	return s[0]
}
