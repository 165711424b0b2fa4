package permittest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Piot is a ТС ПИоТ, versions 1 to 3 of its interface at once (M64). Set the
// fields before it serves.
type Piot struct {
	// Goods is what it knows.
	Goods Goods
	// Token is what client_info must hold; [Piot.SetToken] changes it while serving.
	Token string
	// Timeout is its codesCheckTimeout; 0 leaves the member out.
	Timeout time.Duration
	// Now stamps the answers. It defaults to time.Now.
	Now func() time.Time

	mu      sync.Mutex
	offline bool
	script  script
}

var _ http.Handler = (*Piot)(nil)

// SetToken changes the token that is accepted.
func (p *Piot) SetToken(token string) {
	p.mu.Lock()
	p.Token = token
	p.mu.Unlock()
}

// SetOffline cuts its link: from then on it answers by its local module.
func (p *Piot) SetOffline(offline bool) {
	p.mu.Lock()
	p.offline = offline
	p.mu.Unlock()
}

// Fail makes checks fail, one fault after the other; no faults make it well.
func (p *Piot) Fail(faults ...Fault) { p.script.set("check", faults) }

// FailInfo makes the question for its info fail.
func (p *Piot) FailInfo(faults ...Fault) { p.script.set("info", faults) }

// Checks counts the checks that arrived.
func (p *Piot) Checks() int { return p.script.count("check") }

// ServeHTTP answers the requests of all versions.
func (p *Piot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v")
	if !ok || len(path) < 2 || path[0] < '1' || path[0] > '3' {
		http.NotFound(w, r)
		return
	}
	version, path := int(path[0]-'0'), path[1:]
	switch r.Method + " " + path {
	case "GET /info":
		f := p.script.next("info")
		if f.apply(w, r) {
			return
		}
		info := Members{"tspiotId": "TSPIOT-1", "kktSerial": "0000000000000001", "fnSerial": "9999078900000001", "kktInn": "7700000000"}
		if p.Timeout > 0 {
			info["codesCheckTimeout"] = p.Timeout.Milliseconds()
		}
		write(w, http.StatusOK, info)
	case "POST /codes/check":
		p.check(w, r, version)
	default:
		http.NotFound(w, r)
	}
}

func (p *Piot) check(w http.ResponseWriter, r *http.Request, version int) {
	f := p.script.next("check")
	var request struct {
		Codes  []json.RawMessage `json:"codes"`
		Client struct {
			Token string `json:"token"`
		} `json:"client_info"`
	}
	bad := json.NewDecoder(r.Body).Decode(&request) != nil
	if f.apply(w, r) {
		return
	}
	p.mu.Lock()
	token, offline := p.Token, p.offline
	p.mu.Unlock()
	if request.Client.Token != token {
		write(w, http.StatusUnauthorized, Members{"code": 401, "description": "Unauthorized"})
		return
	}
	var items []Members
	for _, raw := range request.Codes {
		var bare string
		// Versions 1 and 2 take texts, version 3 objects.
		if (json.Unmarshal(raw, &bare) == nil) != (version < 3) {
			bad = true
		}
		code, err := base64.StdEncoding.DecodeString(codeIn(raw))
		bad = bad || err != nil
		item := p.Goods.online(string(code))
		if offline {
			// Without its link it knows nothing of the code itself.
			blocked, sold := item["isBlocked"], item["sold"]
			merge(item, Members{"found": false, "valid": false, "verified": false, "realizable": false, "utilised": false,
				"groupIds": []int{}, "errorCode": nil, "message": nil, "isBlocked": blocked, "sold": sold})
		}
		items = append(items, item)
	}
	if bad {
		write(w, http.StatusBadRequest, Members{"code": 400, "description": "Bad request"})
		return
	}
	whole := f
	whole.Without = nil
	a := p.Goods.answer(now(p.Now), whole, items)
	a["isCheckedOffline"] = offline
	if offline {
		a["inst"], a["version"] = "4679b3db-da6a-44e0-a2e6-a684437bafb0", "6e7f1224-0e08-41ed-844c-d386675f4e50"
	}
	for _, name := range f.Without {
		delete(a, name)
	}
	if version == 1 {
		// The first version wraps the list twice and writes the time as a text.
		if t, ok := a["reqTimestamp"].(int64); ok {
			a["reqTimestamp"] = strconv.FormatInt(t, 10)
		}
		write(w, http.StatusOK, Members{"codesResponse": Members{"codesResponse": []Members{a}}})
		return
	}
	write(w, http.StatusOK, Members{"codesResponse": []Members{a}})
}
