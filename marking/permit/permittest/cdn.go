package permittest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// CDN is a server of the True API with several hosts (M61), which are paths of
// one address: /cdn1, /cdn2 … Set the fields before it serves.
type CDN struct {
	// Goods is what it knows.
	Goods Goods
	// Token is what X-API-KEY must be; [CDN.SetToken] changes it while serving.
	Token string
	// Hosts is how many hosts the list names. It defaults to 1.
	Hosts int
	// Average is what the hosts say of their speed, by number from 1; hosts
	// that are not in it say 10 ms.
	Average map[int]time.Duration
	// Now stamps the answers. It defaults to time.Now.
	Now func() time.Time

	tokens sync.Mutex
	script script
}

var _ http.Handler = (*CDN)(nil)

// SetToken changes the token that is accepted.
func (c *CDN) SetToken(token string) {
	c.tokens.Lock()
	c.Token = token
	c.tokens.Unlock()
}

// Fail makes checks of a host fail, 1 being the first: one fault after the
// other. No faults make it well again.
func (c *CDN) Fail(host int, faults ...Fault) { c.script.set(checkOf(host), faults) }

// FailInfo makes the list of hosts fail.
func (c *CDN) FailInfo(faults ...Fault) { c.script.set("info", faults) }

// FailHealth makes the health check of a host fail.
func (c *CDN) FailHealth(host int, faults ...Fault) { c.script.set(healthOf(host), faults) }

// Checks counts the checks that arrived at a host.
func (c *CDN) Checks(host int) int { return c.script.count(checkOf(host)) }

// Infos returns when the list of hosts was asked for.
func (c *CDN) Infos() []time.Time { return c.script.when("info") }

func checkOf(host int) string { return fmt.Sprintf("check %d", host) }

func healthOf(host int) string { return fmt.Sprintf("health %d", host) }

// ServeHTTP answers the three requests of the True API.
func (c *CDN) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, path := 0, r.URL.Path
	if rest, ok := strings.CutPrefix(path, "/cdn"); ok {
		number, after, _ := strings.Cut(rest, "/")
		host, _ = strconv.Atoi(number)
		path = "/" + after
	}
	endpoint := ""
	switch r.Method + " " + path {
	case "GET /api/v4/true-api/cdn/info":
		endpoint = "info"
	case "GET /api/v4/true-api/cdn/health/check":
		endpoint = healthOf(host)
	case "POST /api/v4/true-api/codes/check":
		endpoint = checkOf(host)
	default:
		http.NotFound(w, r)
		return
	}
	f := c.script.next(endpoint)
	var request struct {
		Codes       []string `json:"codes"`
		FiscalDrive string   `json:"fiscalDriveNumber"`
	}
	bad := r.Method == http.MethodPost && json.NewDecoder(r.Body).Decode(&request) != nil
	if f.apply(w, r) {
		return
	}
	c.tokens.Lock()
	token := c.Token
	c.tokens.Unlock()
	switch {
	case r.Header.Get("X-API-KEY") != token:
		write(w, http.StatusUnauthorized, Members{"code": 401, "description": "Unauthorized"})
	case bad || len(request.Codes) > 100:
		write(w, http.StatusBadRequest, Members{"code": 400, "description": "Bad request"})
	case endpoint == "info":
		c.info(w, r)
	case r.Method == http.MethodGet:
		average, ok := c.Average[host]
		if !ok {
			average = 10 * time.Millisecond
		}
		write(w, http.StatusOK, Members{"code": 0, "description": "ok", "avgTimeMs": average.Milliseconds()})
	default:
		var items []Members
		for _, code := range request.Codes {
			items = append(items, c.Goods.online(code))
		}
		write(w, http.StatusOK, c.Goods.answer(now(c.Now), f, items))
	}
}

func (c *CDN) info(w http.ResponseWriter, r *http.Request) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	var hosts []Members
	for i := range max(c.Hosts, 1) {
		hosts = append(hosts, Members{"host": fmt.Sprintf("%s://%s/cdn%d", scheme, r.Host, i+1)})
	}
	write(w, http.StatusOK, Members{"code": 0, "description": "ok", "hosts": hosts})
}

func now(clock func() time.Time) time.Time {
	if clock == nil {
		return time.Now()
	}
	return clock()
}
