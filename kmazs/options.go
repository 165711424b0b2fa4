package kmazs

// Options are what a request says beside its records. What is not given is left
// to the office's settings (K0): an absent or blank Optional is not "false". Not
// every carrier can say everything; the comments name those that can.
type Options struct {
	// AllowedStations is "all", "empty" or a list for users whose STATIONS is
	// blank (K21). JSON.
	AllowedStations Optional[string]
	// AttachByKey allows finding an account by KEY (K30). JSON.
	AttachByKey Optional[bool]
	// AttachByName allows finding an account by SHORTNAME (K30). Both carriers.
	AttachByName Optional[bool]
	// KeyAsUserName lets KEY stand for a missing SHORTNAME (K22). JSON.
	KeyAsUserName Optional[bool]
	// ProcessIsCar makes the office honour ISCAR (K3). Folder.
	ProcessIsCar Optional[bool]
	// StationsReplace and FuelReplace are replacement lists as they are given
	// (K40): "1=100,2=101", "A192=1,DT=3". Folder.
	StationsReplace, FuelReplace Optional[string]
	// AutoExchange asks for sending the changes to the stations at once (K43).
	// Folder.
	AutoExchange Optional[bool]
	// Replace: the request names the import type "Replace", which an office
	// accepts only if it is set to replace mode itself (K20). JSON.
	Replace bool
}
