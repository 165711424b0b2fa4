package permittest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/obmen-go/obmen/marking"
)

// Members are the members of the answer about one mark.
type Members map[string]any

// Goods is what a server knows. The zero value knows nothing: every mark is
// answered as not found.
type Goods struct {
	mu      sync.Mutex
	items   map[string]Members
	answers int
}

// Put makes a mark known as goods that may be sold, but for the given members;
// nil leaves a member out.
func (g *Goods) Put(mark marking.Code, members Members) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.items == nil {
		g.items = map[string]Members{}
	}
	g.items[mark.Identity()] = maps.Clone(members)
}

// setSold changes whether a mark was sold.
func (g *Goods) setSold(identity string, sold bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.items == nil {
		g.items = map[string]Members{}
	}
	m := maps.Clone(g.items[identity])
	if m == nil {
		m = Members{}
	}
	m["sold"] = sold
	g.items[identity] = m
}

// online is the item of an online answer about what was asked, asked as a mark
// or as an identity.
func (g *Goods) online(asked string) Members {
	identity := identityOf(asked)
	g.mu.Lock()
	known, ok := g.items[identity]
	g.mu.Unlock()
	item := Members{
		"cis": asked, "printView": identity, "gtin": gtinOf(identity), "groupIds": []int{8},
		"found": ok, "valid": true, "verified": ok, "utilised": ok, "realizable": ok, "sold": false,
		"isBlocked": false, "ogvs": []string{}, "isTracking": true, "grayZone": false, "isOwner": false,
		"errorCode": 0, "packageType": "UNIT",
	}
	if !ok {
		item["errorCode"], item["message"] = 10, "Код не найден"
	}
	return merge(item, known)
}

// local is the item of a local module's answer. What it does not know it does
// not refuse.
func (g *Goods) local(asked string) Members {
	identity := identityOf(asked)
	g.mu.Lock()
	known := g.items[identity]
	g.mu.Unlock()
	return merge(Members{
		"cis": asked, "printView": identity, "gtin": gtinOf(identity),
		"isBlocked": false, "isGreyGtin": false, "sold": false,
	}, known)
}

func merge(item, members Members) Members {
	for name, value := range members {
		if value == nil {
			delete(item, name)
		} else {
			item[name] = value
		}
	}
	return item
}

// identityOf cuts the crypto tail off.
func identityOf(mark string) string {
	if code, err := marking.Parse(mark, nil); err == nil {
		return code.Identity()
	}
	identity, _, _ := strings.Cut(mark, string(marking.GS))
	return identity
}

func gtinOf(identity string) string {
	if len(identity) >= 16 && strings.HasPrefix(identity, "01") {
		return identity[2:16]
	}
	return identity[:min(14, len(identity))]
}

// answer wraps items as an answer.
func (g *Goods) answer(now time.Time, f Fault, items []Members) Members {
	g.mu.Lock()
	g.answers++
	n := g.answers
	g.mu.Unlock()
	switch {
	case f.Missing:
		items = []Members{}
	case f.Foreign:
		for _, i := range items {
			i["cis"], i["printView"] = "0104603746042315215Yforeig", "0104603746042315215Yforeig"
		}
	}
	a := Members{
		"code": 0, "description": "ok", "codes": items,
		"reqId": fmt.Sprintf("0e5d1a3c-0000-4000-8000-%012d", n), "reqTimestamp": now.UnixMilli(),
	}
	for _, name := range f.Without {
		delete(a, name)
	}
	return a
}

func write(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value)
}
