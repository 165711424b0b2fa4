package shtrihm

// The codes of this package. Those of an exchange that failed are package ecr's.
const (
	CodeFrame    = "ECR-SHTRIHM-FRAME"    // bytes that are no frame, or a body that is no answer
	CodeTLV      = "ECR-SHTRIHM-TLV"      // a tag-length-value that cannot be read or written
	CodeDevice   = "ECR-SHTRIHM-DEVICE"   // the device answered with an error byte
	CodeName     = "ECR-SHTRIHM-NAME"     // a name that is none of an enumeration's
	CodeField    = "ECR-SHTRIHM-FIELD"    // a value that its field cannot hold
	CodePrinting = "ECR-SHTRIHM-PRINTING" // the device still prints after the limit
)
