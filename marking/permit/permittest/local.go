package permittest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Local is a local module, versions 1 and 2 of its interface at once (M63). Set
// the fields before it serves.
type Local struct {
	// Goods is what it knows: isBlocked, isGreyGtin, sold.
	Goods Goods
	// User, Password and ClientID must arrive with each request.
	User, Password, ClientID string
	// Now stamps the answers. It defaults to time.Now.
	Now func() time.Time
	// LastSync is when it last synchronised. It defaults to now.
	LastSync time.Time

	mu     sync.Mutex
	status string
	told   []string
	asked  []string
	script script
}

var _ http.Handler = (*Local)(nil)

// SetStatus changes what it says of itself: ready (the default),
// not_configured, initialization, sync_error.
func (l *Local) SetStatus(status string) {
	l.mu.Lock()
	l.status = status
	l.mu.Unlock()
}

// Fail makes checks fail, one fault after the other; no faults make it well.
func (l *Local) Fail(faults ...Fault) { l.script.set("outCheck", faults) }

// FailStatus makes the question for its status fail.
func (l *Local) FailStatus(faults ...Fault) { l.script.set("status", faults) }

// FailSales makes telling of sales and returns fail.
func (l *Local) FailSales(faults ...Fault) {
	l.script.set("sell", faults)
	l.script.set("return", faults)
}

// FailInit makes initialisations fail.
func (l *Local) FailInit(faults ...Fault) { l.script.set("init", faults) }

// Checks counts the checks that arrived.
func (l *Local) Checks() int { return l.script.count("outCheck") }

// Inits counts the initialisations.
func (l *Local) Inits() int { return l.script.count("init") }

// Told lists the sales and returns that it has taken: "sell 01…", "return 01…".
func (l *Local) Told() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.told)
}

// Asked lists the codes that checks have asked about, as they arrived.
func (l *Local) Asked() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.asked)
}

// ServeHTTP answers the requests of both versions.
func (l *Local) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, name, ok := 0, "", false
	if name, ok = strings.CutPrefix(r.URL.Path, "/api/v1/"); ok {
		version = 1
	} else if name, ok = strings.CutPrefix(r.URL.Path, "/api/v2/"); ok {
		version = 2
	}
	name = strings.TrimPrefix(name, "cis/")
	if !ok || version == 1 && (name == "sell" || name == "return") {
		http.NotFound(w, r)
		return
	}
	f := l.script.next(name)
	var request struct {
		List  []json.RawMessage `json:"cis_list"`
		Token string            `json:"token"`
	}
	bad := r.Method == http.MethodPost && json.NewDecoder(r.Body).Decode(&request) != nil
	if f.apply(w, r) {
		return
	}
	user, password, _ := r.BasicAuth()
	l.mu.Lock()
	status := l.status
	l.mu.Unlock()
	if status == "" {
		status = "ready"
	}
	switch {
	case user != l.User || password != l.Password || r.Header.Get("X-ClientId") != l.ClientID:
		write(w, http.StatusUnauthorized, Members{"code": 401, "description": "Unauthorized"})
	case bad:
		write(w, http.StatusBadRequest, Members{"code": 400, "description": "Bad request"})
	case name == "status" && r.Method == http.MethodGet:
		sync := l.LastSync
		if sync.IsZero() {
			sync = now(l.Now)
		}
		write(w, http.StatusOK, Members{"status": status, "version": "2.0.1", "inst": "4679b3db-da6a-44e0-a2e6-a684437bafb0",
			"lastSync": sync.UnixMilli(), "operationMode": "active"})
	case name == "init" && r.Method == http.MethodPost:
		l.SetStatus("ready")
		write(w, http.StatusOK, Members{"code": 0, "description": "ok"})
	case status != "ready":
		code := 4045
		if status == "sync_error" {
			code = 4050
		}
		write(w, http.StatusServiceUnavailable, Members{"code": code, "description": status})
	case name == "outCheck" && r.Method == http.MethodPost:
		l.check(w, f, version, request.List)
	case (name == "sell" || name == "return") && r.Method == http.MethodPost:
		l.tell(w, name, request.List)
	default:
		http.NotFound(w, r)
	}
}

// codeIn reads a code, be it bare or an object.
func codeIn(raw json.RawMessage) string {
	var code string
	if json.Unmarshal(raw, &code) == nil {
		return code
	}
	var object struct {
		CIS string `json:"cis"`
	}
	json.Unmarshal(raw, &object)
	return object.CIS
}

func (l *Local) check(w http.ResponseWriter, f Fault, version int, list []json.RawMessage) {
	var items []Members
	for _, raw := range list {
		code := codeIn(raw)
		l.mu.Lock()
		l.asked = append(l.asked, code)
		l.mu.Unlock()
		items = append(items, l.Goods.local(code))
	}
	whole := f
	whole.Without = nil
	a := l.Goods.answer(now(l.Now), whole, items)
	a["inst"], a["version"] = "4679b3db-da6a-44e0-a2e6-a684437bafb0", "6e7f1224-0e08-41ed-844c-d386675f4e50"
	for _, name := range f.Without {
		delete(a, name)
	}
	if version == 1 {
		write(w, http.StatusOK, a)
		return
	}
	write(w, http.StatusOK, Members{"results": []Members{a}})
}

func (l *Local) tell(w http.ResponseWriter, what string, list []json.RawMessage) {
	var results []Members
	for _, raw := range list {
		code := codeIn(raw)
		l.Goods.setSold(code, what == "sell")
		l.mu.Lock()
		l.told = append(l.told, what+" "+code)
		l.mu.Unlock()
		results = append(results, Members{"success": true, "cis": code})
	}
	status := http.StatusOK
	if what == "sell" {
		status = http.StatusCreated
	}
	write(w, status, Members{"results": results})
}
