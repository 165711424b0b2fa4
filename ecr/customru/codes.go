package customru

// The codes of this package. Those of an exchange that failed are package ecr's.
const (
	CodeFrame  = "ECR-CUSTOMRU-FRAME"  // bytes that are no frame
	CodeField  = "ECR-CUSTOMRU-FIELD"  // a value that its field cannot hold
	CodeDevice = "ECR-CUSTOMRU-DEVICE" // the device answered with an error code
	CodeVAT    = "ECR-CUSTOMRU-VAT"    // no department of the device carries a VAT code
	CodePaper  = "ECR-CUSTOMRU-PAPER"  // the device has no paper and will not answer
	CodeBusy   = "ECR-CUSTOMRU-BUSY"   // the device is still working: nothing can be told yet
)
