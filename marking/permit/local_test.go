package permit_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

func TestLocalModule(t *testing.T) {
	m := milk(t, 1)
	for _, version := range []int{1, 2} {
		v12 := func(o *permit.LocalOptions) { o.Version = version }
		bubble := func(name string, f func(t *testing.T, s *shop)) {
			t.Run(fmt.Sprintf("%s, v%d", name, version), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newShop()
					f(t, s)
				})
			})
		}
		bubble("M63 the requests", func(t *testing.T, s *shop) {
			var requests, bodies []string
			s.net["lm.test"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(strings.NewReader(string(body)))
				requests, bodies = append(requests, r.Method+" "+r.URL.Path), append(bodies, string(body))
				user, password, _ := r.BasicAuth()
				if user != lmUser || password != lmPassword || r.Header.Get("X-ClientId") != drive {
					t.Error(r.Header)
				}
				s.local.ServeHTTP(w, r)
			})
			c := s.newLocal(t, v12)
			defer closeAll(t, c)
			v := c.Check(t.Context(), permit.Query{Mark: m, Group: 8})
			want(t, v, permit.OutcomeNoAnswer, permit.LocalOK, "")
			identity, _ := json.Marshal(m.Identity())
			body := `{"cis_list":[` + string(identity) + `]}`
			if version == 2 {
				body = `{"cis_list":[{"cis":` + string(identity) + `,"pg":8}]}`
			}
			if fmt.Sprint(requests) != fmt.Sprintf("[GET /api/v%d/status POST /api/v%d/cis/outCheck]", version, version) ||
				compact(t, []byte(bodies[1])) != compact(t, []byte(body)) {
				t.Errorf("%q\n%q\nwant %q", requests, bodies, body)
			}
			if strings.Contains(bodies[1], m.Tail()) {
				t.Error("the crypto tail was sent")
			}
			if v.Stamp.Source != permit.SourceLocal || !v.Stamp.Offline || v.Stamp.Inst == "" || v.Stamp.Ver == "" || !v.Allowed() {
				t.Errorf("%+v", v.Stamp)
			}
		})
		bubble("M63 ready is asked for once a minute", func(t *testing.T, s *shop) {
			c := s.newLocal(t, v12)
			defer closeAll(t, c)
			ask(t, c, m)
			s.local.FailStatus(permittest.Broken)
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalOK, "")
			// It stops being ready: its answers say so at once.
			s.local.SetStatus("sync_error")
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalNotReady, permit.CodeNotReady)
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalNoAnswer, permit.CodeStatus)
			s.local.FailStatus()
			s.local.SetStatus("ready")
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalOK, "")
		})
		for _, status := range []string{"not_configured", "initialization", "sync_error", "something new", ""} {
			bubble("M63 usable only if ready: "+status, func(t *testing.T, s *shop) {
				s.local.FailStatus(permittest.Fault{Body: `{"status":"` + status + `"}`})
				c := s.newLocal(t, v12)
				defer closeAll(t, c)
				v := ask(t, c, m)
				want(t, v, permit.OutcomeNoAnswer, permit.LocalNotReady, permit.CodeNotReady)
				if !strings.Contains(v.LocalFailure.Message("ru"), status) || s.local.Checks() != 0 || s.local.Inits() != 0 {
					t.Error(v.LocalFailure)
				}
			})
		}
		bubble("M63 lastSync older than 24 hours is a warning", func(t *testing.T, s *shop) {
			c := s.newLocal(t, v12)
			defer closeAll(t, c)
			s.local.LastSync = time.Now().Add(-23 * time.Hour)
			if v := ask(t, c, m); v.Warned(permit.CodeWarnSync) || v.Local != permit.LocalOK {
				t.Error(v)
			}
			time.Sleep(2 * time.Hour)
			if v := ask(t, c, m); !v.Warned(permit.CodeWarnSync) || v.Local != permit.LocalOK {
				t.Error(v)
			}
		})
		bubble("M63 init by an explicit call only", func(t *testing.T, s *shop) {
			s.local.SetStatus("not_configured")
			c := s.newLocal(t, v12)
			defer closeAll(t, c)
			ask(t, c, m)
			if s.local.Inits() != 0 {
				t.Error("initialised by a check")
			}
			if err := c.Init(t.Context(), initToken); err != nil || s.local.Inits() != 1 {
				t.Error(err)
			}
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalOK, "")
			status, err := c.Status(t.Context())
			if err != nil || !status.Ready() || status.Version == "" {
				t.Error(status, err)
			}
		})
		bubble("M63 isBlocked refuses", func(t *testing.T, s *shop) {
			s.put(m, members{"isBlocked": true})
			c := s.newLocal(t, v12)
			defer closeAll(t, c)
			v := ask(t, c, m)
			want(t, v, permit.OutcomeNoAnswer, permit.LocalRefused, permit.CodeLocalBlocked)
			if v.Allowed() {
				t.Error("allowed")
			}
		})
		bubble("M63 isBlocked by a grey GTIN", func(t *testing.T, s *shop) {
			s.put(m, members{"isBlocked": true, "isGreyGtin": true})
			c := s.newLocal(t, v12)
			defer closeAll(t, c)
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalRefused, permit.CodeLocalGreyGTIN)
		})
		bubble("M63 sold refuses in v2 only", func(t *testing.T, s *shop) {
			s.put(m, members{"sold": true})
			c := s.newLocal(t, v12)
			defer closeAll(t, c)
			if version == 1 {
				want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalOK, "")
				return
			}
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalRefused, permit.CodeLocalSold)
			back := c.Check(t.Context(), permit.Query{Mark: m, Operation: permit.OperationReturn})
			want(t, back, permit.OutcomeNoAnswer, permit.LocalOK, "")
		})
		bubble("M63 other false values mean unknown here", func(t *testing.T, s *shop) {
			s.put(m, members{"found": false, "valid": false, "verified": false, "utilised": false, "realizable": false,
				"errorCode": 10, "expireDate": "2001-01-01T00:00:00.000Z", "mrp": 1, "groupIds": []int{3, 8}})
			c := s.newLocal(t, v12)
			defer closeAll(t, c)
			v := c.Check(t.Context(), permit.Query{Mark: m, Price: 100, Group: 3})
			want(t, v, permit.OutcomeNoAnswer, permit.LocalOK, "")
		})
		for _, f := range []struct {
			fault permittest.Fault
			state permit.LocalState
			code  string
		}{
			{permittest.Hang, permit.LocalNoAnswer, permit.CodeTimeout},
			{permittest.Unauthorized, permit.LocalNoAnswer, permit.CodeUnauthorized},
			{permittest.TooMany, permit.LocalNoAnswer, permit.CodeStatus},
			{permittest.Broken, permit.LocalNoAnswer, permit.CodeStatus},
			{permittest.Garbage, permit.LocalNoAnswer, permit.CodeGarbage},
			{permittest.Emergency, permit.LocalNoAnswer, permit.CodeGarbage},
			{permittest.Fault{Code: 203}, permit.LocalNoAnswer, permit.CodeBodyCode},
			{permittest.Fault{Cut: true}, permit.LocalNoAnswer, permit.CodeUnreachable},
			{permittest.Fault{Oversized: true}, permit.LocalNoAnswer, permit.CodeTooLarge},
			{permittest.Fault{Foreign: true}, permit.LocalNoAnswer, permit.CodeMissing},
			{permittest.Fault{Missing: true}, permit.LocalNoAnswer, permit.CodeMissing},
			{permittest.Fault{Code: 12}, permit.LocalNoAnswer, permit.CodeBodyCode},
			{permittest.Fault{Code: 4045}, permit.LocalNotReady, permit.CodeNotReady},
			{permittest.Fault{Status: 500, Code: 4050}, permit.LocalNotReady, permit.CodeNotReady},
			{permittest.Fault{Without: []string{"reqId"}}, permit.LocalNoAnswer, permit.CodeStamp},
		} {
			bubble(fmt.Sprintf("M63 a fault is no refusal: %s %+.60v", f.code, f.fault), func(t *testing.T, s *shop) {
				s.local.Fail(f.fault)
				c := s.newLocal(t, v12)
				defer closeAll(t, c)
				v := ask(t, c, m)
				want(t, v, permit.OutcomeNoAnswer, f.state, f.code)
				if v.Allowed() {
					t.Error("allowed")
				}
			})
		}
		bubble("M63 nobody listens", func(t *testing.T, s *shop) {
			delete(s.net, "lm.test")
			c := s.newLocal(t, v12)
			defer closeAll(t, c)
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalAbsent, permit.CodeUnreachable)
		})
		bubble("M63 inst and version from the status", func(t *testing.T, s *shop) {
			s.local.Fail(permittest.Fault{Without: []string{"inst", "version"}})
			c := s.newLocal(t, v12)
			defer closeAll(t, c)
			v := ask(t, c, m)
			want(t, v, permit.OutcomeNoAnswer, permit.LocalOK, "")
			if v.Stamp.Ver != "2.0.1" || v.Stamp.Inst == "" {
				t.Errorf("%+v", v.Stamp)
			}
		})
	}
	t.Run("M63 a pack by its GTIN and serial", func(t *testing.T) {
		s := newShop()
		pack, err := marking.Parse(markingtest.New(3).KMK(14500), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, printView := range []string{pack.Text()[:21], pack.Text()[:25], pack.Text(), "01" + pack.GTIN() + "21" + pack.Serial()} {
			s.local.Goods.Put(pack, members{"cis": printView, "printView": nil})
			c := s.newLocal(t)
			want(t, ask(t, c, pack), permit.OutcomeNoAnswer, permit.LocalOK, "")
			closeAll(t, c)
		}
		if s.local.Asked()[0] != pack.Identity() {
			t.Error(s.local.Asked())
		}
		s.local.Goods.Put(pack, nil)
		c := s.newLocal(t)
		defer closeAll(t, c)
		want(t, ask(t, c, pack), permit.OutcomeNoAnswer, permit.LocalOK, "")
	})
}

func TestPiot(t *testing.T) {
	m := milk(t, 1)
	for version := 1; version <= 3; version++ {
		v123 := func(o *permit.PiotOptions) { o.Version = version }
		bubble := func(name string, f func(t *testing.T, s *shop)) {
			t.Run(fmt.Sprintf("%s, v%d", name, version), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newShop()
					s.put(m, nil)
					f(t, s)
				})
			})
		}
		bubble("M64 the requests", func(t *testing.T, s *shop) {
			var requests []string
			var body []byte
			s.net["piot.test"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ = io.ReadAll(r.Body)
				r.Body = io.NopCloser(strings.NewReader(string(body)))
				requests = append(requests, r.Method+" "+r.URL.Path)
				s.piot.ServeHTTP(w, r)
			})
			c := s.newPiot(t, v123)
			defer closeAll(t, c)
			v := c.Check(t.Context(), permit.Query{Mark: m, Group: 13})
			want(t, v, permit.OutcomeOK, permit.LocalUnset, "")
			raw := base64.StdEncoding.EncodeToString([]byte(m.Text()))
			codes := `["` + raw + `"]`
			if version == 3 {
				codes = `[{"cis":"` + raw + `","pg":13}]`
			}
			wanted := `{"codes":` + codes + `,"client_info":{"name":"till","version":"1.0","id":"18aa4ecf-523c-4c2a-a759-d0435f4c0408","token":"` + piotToken + `"}}`
			if compact(t, body) != compact(t, []byte(wanted)) {
				t.Errorf("%s\nwant %s", body, wanted)
			}
			if got := fmt.Sprint(requests); got != fmt.Sprintf("[GET /api/v%d/info POST /api/v%d/codes/check]", version, version) {
				t.Error(got)
			}
			if v.Stamp.Source != permit.SourcePiot || v.Stamp.Offline || v.Stamp.Inst != "" {
				t.Errorf("%+v", v.Stamp)
			}
		})
		bubble("M64 the rules of an online answer", func(t *testing.T, s *shop) {
			c := s.newPiot(t, v123)
			defer closeAll(t, c)
			s.put(m, members{"verified": false})
			want(t, ask(t, c, m), permit.OutcomeRefused, permit.LocalUnset, permit.CodeNotVerified)
		})
		bubble("M64 checked offline: only isBlocked and sold refuse", func(t *testing.T, s *shop) {
			s.piot.SetOffline(true)
			c := s.newPiot(t, v123)
			defer closeAll(t, c)
			v := ask(t, c, m)
			want(t, v, permit.OutcomeOK, permit.LocalUnset, "")
			block, ok := v.Industry(permit.IndustrySettings{})
			if !ok || !v.Warned(permit.CodeWarnOffline) || !strings.HasSuffix(block.Value, "&Inst=4679b3db-da6a-44e0-a2e6-a684437bafb0&Ver=6e7f1224-0e08-41ed-844c-d386675f4e50") {
				t.Error(v, block)
			}
			s.put(m, members{"isBlocked": true})
			want(t, ask(t, c, m), permit.OutcomeRefused, permit.LocalUnset, permit.CodeOfflineBlocked)
			s.put(m, members{"sold": true})
			want(t, ask(t, c, m), permit.OutcomeRefused, permit.LocalUnset, permit.CodeOfflineSold)
			back := c.Check(t.Context(), permit.Query{Mark: m, Operation: permit.OperationReturn})
			want(t, back, permit.OutcomeOK, permit.LocalUnset, "")
		})
		bubble("M64 checked offline without inst cannot be sold by", func(t *testing.T, s *shop) {
			s.piot.SetOffline(true)
			s.piot.Fail(permittest.Fault{Without: []string{"inst"}})
			c := s.newPiot(t, v123)
			defer closeAll(t, c)
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeStamp)
		})
		bubble("M64 codesCheckTimeout is honoured", func(t *testing.T, s *shop) {
			s.piot.Timeout = 600 * time.Millisecond
			s.piot.Fail(permittest.Hang)
			c := s.newPiot(t, v123)
			defer closeAll(t, c)
			if err := c.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeTimeout)
			if took := time.Since(start); took != 600*time.Millisecond {
				t.Error(took)
			}
			info, err := c.Info(t.Context())
			if err != nil || info.Limit != 600*time.Millisecond || info.FiscalDrive != "9999078900000001" {
				t.Error(info, err)
			}
		})
		bubble("M64 codesCheckTimeout without a Start", func(t *testing.T, s *shop) {
			s.piot.Timeout = 5 * time.Second
			s.piot.Fail(permittest.Slow(2 * time.Second))
			c := s.newPiot(t, v123)
			defer closeAll(t, c)
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeTimeout)
			want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
		})
		bubble("M64 an info that fails does not stop the check", func(t *testing.T, s *shop) {
			s.piot.FailInfo(permittest.Hang)
			c := s.newPiot(t, v123)
			defer closeAll(t, c)
			want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
			s.piot.FailInfo(permittest.Fault{Body: `{"codesCheckTimeout":"x"}`})
			time.Sleep(2 * time.Minute)
			want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
			if c.Limit() != permit.DefaultLimit {
				t.Error(c.Limit())
			}
		})
		bubble("M64 401 renews the token once", func(t *testing.T, s *shop) {
			s.piot.SetToken("new")
			c := s.newPiot(t, v123)
			defer closeAll(t, c)
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeUnauthorized)
			if s.piot.Checks() != 2 {
				t.Error(s.piot.Checks())
			}
		})
		for _, f := range []permittest.Fault{permittest.Emergency, {Code: 203}} {
			bubble(fmt.Sprintf("M64 203 is an emergency, status %d", f.Status), func(t *testing.T, s *shop) {
				s.piot.Fail(f.Once(), permittest.Fault{Cut: true, Times: 1})
				c := s.newPiot(t, v123)
				defer closeAll(t, c)
				want(t, ask(t, c, m), permit.OutcomeEmergency, permit.LocalUnset, "")
				want(t, ask(t, c, m), permit.OutcomeEmergency, permit.LocalUnset, permit.CodeUnreachable)
				want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
				s.piot.Fail(permittest.Fault{Cut: true})
				want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeUnreachable)
			})
		}
		bubble("M64 203 inside a response", func(t *testing.T, s *shop) {
			s.piot.Fail(permittest.Fault{Body: `{"codesResponse":[{"code":203,"description":"emergency"}]}`})
			c := s.newPiot(t, v123)
			defer closeAll(t, c)
			want(t, ask(t, c, m), permit.OutcomeEmergency, permit.LocalUnset, "")
		})
		for _, f := range []struct {
			fault  permittest.Fault
			code   string
			checks int
		}{
			{permittest.Hang, permit.CodeTimeout, 1},
			{permittest.TooMany, permit.CodeStatus, 2},
			{permittest.Broken, permit.CodeStatus, 2},
			{permittest.Overload, permit.CodeStatus, 2},
			{permittest.Fault{Status: 400}, permit.CodeStatus, 1},
			{permittest.Garbage, permit.CodeGarbage, 1},
			{permittest.Fault{Oversized: true}, permit.CodeTooLarge, 1},
			{permittest.Fault{Foreign: true}, permit.CodeMissing, 1},
			{permittest.Fault{Missing: true}, permit.CodeMissing, 1},
			{permittest.Fault{Code: 514, Text: "ГИС МТ недоступна"}, permit.CodeBodyCode, 1},
			{permittest.Fault{Body: `{"codesResponse":[{"code":7,"description":"x","codes":[]}]}`}, permit.CodeBodyCode, 1},
			{permittest.Fault{Body: `{"codesResponse":[]}`}, permit.CodeMissing, 1},
		} {
			bubble(fmt.Sprintf("M64 a fault is no refusal: %s %+.60v", f.code, f.fault), func(t *testing.T, s *shop) {
				s.piot.Fail(f.fault)
				c := s.newPiot(t, v123)
				defer closeAll(t, c)
				want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, f.code)
				if s.piot.Checks() != f.checks {
					t.Error(s.piot.Checks())
				}
			})
		}
	}
	t.Run("M64 the cis comes back wrapped", func(t *testing.T) {
		s := newShop()
		s.put(m, members{"cis": base64.StdEncoding.EncodeToString([]byte(m.Text())), "printView": nil})
		c := s.newPiot(t)
		defer closeAll(t, c)
		want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
	})
}

// holds says whether a request names the mark, and leaves its body as it was.
func holds(r *http.Request, m marking.Code) bool {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	identity, _ := json.Marshal(m.Identity())
	var texts struct {
		List []string `json:"cis_list"`
	}
	json.Unmarshal(body, &texts)
	for _, text := range texts.List {
		if text == m.Identity() {
			return true
		}
	}
	return strings.Contains(string(body), string(identity))
}
