package flagfile

import "strconv"

// Names of the files of a folder. The office finds requests by them; case does not
// matter on Windows, so they are always written like this.
const (
	UsersFlag       = "users.flag"    // request: import users
	UsersResult     = "usersres.flag" // its result
	ExchangeFlag    = "exchg.flag"    // request: exchange data with stations
	ExchangeResult  = "exchgres.flag" // its result
	MisnamedRequest = "users.flag.txt"
)

// Commands of the two requests.
const (
	CommandUsers    = "userssync"    // of users.flag
	CommandExchange = "exchangedata" // of exchg.flag
)

// Users is the content of users.flag (FL2). A nil pointer and a zero value mean
// that the key is not given: then the office's own setting applies.
type Users struct {
	// CommandTime is the moment of the request.
	CommandTime Timestamp
	// Table is the name of the DBF file, in the same folder.
	Table string
	// Records is the number of records of the table; nil: not checked (FL11).
	Records *int64
	// AutoExchange asks for sending the changes to the stations at once.
	AutoExchange bool
	// Number is the running number of the request.
	Number *int64
	// CodePage of the table.
	CodePage CodePage
	// AttachByName allows attaching by SHORTNAME.
	AttachByName *bool
	// ProcessISCAR makes the office honour the column ISCAR.
	ProcessISCAR *bool
	// StationsReplace renames stations: "1=100,2=101".
	StationsReplace string
	// FuelReplace maps fuel codes of the table to fuel ids: "A192=1,DT=3".
	FuelReplace string
}

// Users reads the typed form of users.flag. All that is wrong comes as [Problems],
// a documentation remark behind a value too (FL16).
func (f *File) Users() (Users, error) {
	r := reader{file: f}
	r.command(CommandUsers)
	u := Users{CommandTime: r.time("commandtime"), Table: r.need("dbffile")}
	if u.Table != "" {
		if err := CheckTableName(u.Table); err != nil {
			r.add(fail(CodeTableName, "", "value", u.Table), "dbffile")
		}
	}
	u.Records = r.number("dbfrecordcount")
	if b := r.logical("autoexchange"); b != nil {
		u.AutoExchange = *b
	}
	u.Number = r.number("nummessage")
	u.CodePage = r.codePage("codepagetype")
	u.AttachByName = r.logical("allowattachbyname")
	u.ProcessISCAR = r.logical("processiscar")
	u.StationsReplace, _ = r.text("kmazsreplace")
	u.FuelReplace, _ = r.text("gsmreplace")
	return u, r.problems.err()
}

// File is the request as a file, in the order of the document's sample, ready=1 last.
func (u Users) File() (*File, error) {
	if err := CheckTableName(u.Table); err != nil {
		return nil, err
	}
	page, err := u.CodePage.MarshalText()
	if err != nil {
		return nil, err
	}
	return build(
		pair{"command", CommandUsers},
		pair{"commandtime", string(u.CommandTime)},
		pair{"dbffile", u.Table},
		pair{"dbfrecordcount", number(u.Records)},
		pair{"autoexchange", logical(&u.AutoExchange)},
		pair{"nummessage", number(u.Number)},
		pair{"codepagetype", string(page)},
		pair{"allowattachbyname", logical(u.AttachByName)},
		pair{"processiscar", logical(u.ProcessISCAR)},
		pair{"kmazsreplace", u.StationsReplace},
		pair{"gsmreplace", u.FuelReplace},
		pair{"ready", "1"},
	)
}

// Exchange is the content of exchg.flag (FL8): it asks the office to begin an
// exchange with stations.
type Exchange struct {
	// CommandTime is the moment of the request.
	CommandTime Timestamp
	// Stations is a list of station numbers, "1,2,3", or "all".
	Stations string
	// Number is the running number of the request, an addition of this package
	// that every office repeats in its answer (FL15).
	Number *int64
}

// Exchange reads the typed form of exchg.flag.
func (f *File) Exchange() (Exchange, error) {
	r := reader{file: f}
	r.command(CommandExchange)
	e := Exchange{CommandTime: r.time("commandtime"), Stations: r.need("stations"), Number: r.number("nummessage")}
	return e, r.problems.err()
}

// File is the request as a file, ready=1 last.
func (e Exchange) File() (*File, error) {
	return build(
		pair{"command", CommandExchange},
		pair{"commandtime", string(e.CommandTime)},
		pair{"stations", e.Stations},
		pair{"nummessage", number(e.Number)},
		pair{"ready", "1"},
	)
}

type pair struct{ key, value string }

// build makes a file of what has a value.
func build(pairs ...pair) (*File, error) {
	f := &File{}
	for _, p := range pairs {
		if p.value == "" {
			continue
		}
		if err := f.Set(Main, p.key, p.value); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func logical(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "1"
	}
	return "0"
}
