package kmazs

// Result is what an import did (K25, K41).
type Result struct {
	// Locked is the number of accounts locked by a replace import; it stands
	// outside the sum.
	Locked int
	// UpdatedByID, UpdatedByKey and UpdatedByName are the accounts changed, by
	// the way they were found.
	UpdatedByID, UpdatedByKey, UpdatedByName int
	// Added and Deleted are new and removed accounts.
	Added, Deleted int
	// Ignored is the records that changed nothing, refused ones included.
	Ignored int
	// Refused is which records were refused and why. An office tells it only
	// if it is set to; it is nil then.
	Refused []Refusal
}

// Refusal is one refused record.
type Refusal struct {
	// N is the number of the record, from 1.
	N int `json:"n"`
	// Field is the name of the field at fault, "" if none alone is.
	Field string `json:"field"`
	// Code is the stable code of the rule.
	Code string `json:"code"`
	// Text is a sentence for the clerk, in Russian.
	Text string `json:"text"`
}

// Records is the number of records: the sum of all counts but Locked.
func (r *Result) Records() int {
	return r.UpdatedByID + r.UpdatedByKey + r.UpdatedByName + r.Added + r.Deleted + r.Ignored
}

// Updated is the number of changed accounts, however they were found.
func (r *Result) Updated() int { return r.UpdatedByID + r.UpdatedByKey + r.UpdatedByName }
