package permit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

func TestCDNCheck(t *testing.T) {
	m := milk(t, 1)
	bubble := func(name string, f func(t *testing.T, s *shop)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop()
				s.put(m, nil)
				f(t, s)
			})
		})
	}

	bubble("M61 the request and the answer", func(t *testing.T, s *shop) {
		var seen *http.Request
		var body []byte
		s.net["cdn.test"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				seen = r
				body, _ = io.ReadAll(r.Body)
				r.Body = io.NopCloser(strings.NewReader(string(body)))
			}
			s.cdn.ServeHTTP(w, r)
		})
		c := s.newCDN(t)
		defer closeAll(t, c)
		v := ask(t, c, m)
		want(t, v, permit.OutcomeOK, permit.LocalUnset, "")
		if got := seen.URL.String(); got != "https://cdn.test/cdn1/api/v4/true-api/codes/check" {
			t.Error(got)
		}
		if seen.Header.Get("X-API-KEY") != cdnToken {
			t.Error("the token is not in X-API-KEY")
		}
		wanted, _ := json.Marshal(map[string]any{"codes": []string{m.Text()}, "fiscalDriveNumber": drive})
		if !strings.Contains(string(body), `\u001d`) || compact(t, body) != compact(t, wanted) {
			t.Errorf("body %q, want %q", body, wanted)
		}
		if v.Item == nil || v.Item.GTIN != m.GTIN() || v.Stamp.Source != permit.SourceCDN || len(v.Raw) == 0 {
			t.Errorf("%+v", v)
		}
	})
	bubble("M61 a hundred codes in a request", func(t *testing.T, s *shop) {
		c := s.newCDN(t)
		defer closeAll(t, c)
		var queries []permit.Query
		for i := range 201 {
			q := permit.Query{Mark: milk(t, uint64(100+i))}
			if i != 150 {
				s.put(q.Mark, nil)
			}
			queries = append(queries, q)
		}
		verdicts := c.CheckAll(context.Background(), queries)
		if n := s.cdn.Checks(1); n != 3 || len(verdicts) != 201 {
			t.Fatalf("%d requests for 201 marks, %d verdicts", n, len(verdicts))
		}
		for i, v := range verdicts {
			if (v.Outcome == permit.OutcomeOK) != (i != 150) {
				t.Errorf("mark %d: %v", i, v)
			}
		}
	})
	bubble("M61 absent is not false", func(t *testing.T, s *shop) {
		s.put(m, permittest.Members{"found": nil, "valid": nil, "verified": nil, "utilised": nil, "realizable": nil,
			"sold": nil, "isBlocked": nil, "isTracking": nil, "grayZone": nil, "errorCode": nil, "groupIds": nil})
		c := s.newCDN(t)
		defer closeAll(t, c)
		v := ask(t, c, m)
		want(t, v, permit.OutcomeOK, permit.LocalUnset, "")
		if v.Item.Found != nil || v.Item.Sold != nil || v.Item.ErrorCode != nil {
			t.Errorf("%+v", v.Item)
		}
	})
	bubble("M61 matched by code, not by position", func(t *testing.T, s *shop) {
		other := milk(t, 2)
		s.put(other, permittest.Members{"isBlocked": true})
		s.net["cdn.test"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				data, _ := io.ReadAll(r.Body)
				text := strings.Replace(string(data), jsonText(m), "@", 1)
				text = strings.Replace(text, jsonText(other), jsonText(m), 1)
				r.Body = io.NopCloser(strings.NewReader(strings.Replace(text, "@", jsonText(other), 1)))
			}
			s.cdn.ServeHTTP(w, r)
		})
		c := s.newCDN(t)
		defer closeAll(t, c)
		v := c.CheckAll(context.Background(), []permit.Query{{Mark: m}, {Mark: other}})
		want(t, v[0], permit.OutcomeOK, permit.LocalUnset, "")
		want(t, v[1], permit.OutcomeRefused, permit.LocalUnset, permit.CodeBlocked)
	})
	for name, cis := range map[string]permittest.Members{
		"M61 matched by printView":           {"cis": "?"},
		"M61 matched by cis without GS":      {"printView": nil, "cis": strings.ReplaceAll(m.Text(), "\x1d", "")},
		"M61 matched by cis as the identity": {"printView": nil, "cis": m.Identity()},
	} {
		bubble(name, func(t *testing.T, s *shop) {
			s.put(m, cis)
			c := s.newCDN(t)
			defer closeAll(t, c)
			want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
		})
	}
	for name, cis := range map[string]string{
		"M61 another case of the letters is another mark": strings.ToLower(m.Identity()),
		"M61 a longer identity is another mark":           m.Identity() + "A",
	} {
		bubble(name, func(t *testing.T, s *shop) {
			s.put(m, permittest.Members{"cis": cis, "printView": cis})
			c := s.newCDN(t)
			defer closeAll(t, c)
			v := ask(t, c, m)
			want(t, v, permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeMissing)
			if !v.Warned(permit.CodeWarnForeign) {
				t.Error("no notice of the foreign mark")
			}
		})
	}
	for _, f := range []struct {
		name  string
		fault permittest.Fault
		code  string
	}{
		{"M61 a foreign cis is no answer", permittest.Fault{Foreign: true}, permit.CodeMissing},
		{"M61 a missing cis is no answer", permittest.Fault{Missing: true}, permit.CodeMissing},
		{"M61 an answer without an id cannot be sold by", permittest.Fault{Without: []string{"reqId"}}, permit.CodeStamp},
		{"M61 an answer without a time cannot be sold by", permittest.Fault{Without: []string{"reqTimestamp"}}, permit.CodeStamp},
		{"M62 a body code is no answer", permittest.Fault{Code: 17}, permit.CodeBodyCode},
		{"M62 404 is no answer", permittest.Fault{Status: 404, Code: 404}, permit.CodeStatus},
		{"M62 a redirect is not followed", permittest.Fault{Status: 302}, permit.CodeStatus},
	} {
		bubble(f.name, func(t *testing.T, s *shop) {
			s.cdn.Fail(1, f.fault)
			c := s.newCDN(t)
			defer closeAll(t, c)
			v := ask(t, c, m)
			want(t, v, permit.OutcomeNoAnswer, permit.LocalUnset, f.code)
			if s.cdn.Checks(1) != 1 || s.cdn.Checks(2)+s.cdn.Checks(3) != 0 {
				t.Error("another host was asked, or the same again")
			}
			if _, ok := v.Industry(permit.IndustrySettings{}); ok || v.Allowed() {
				t.Error("it may be sold")
			}
		})
	}
	bubble("M61 a refusal without an id is a refusal", func(t *testing.T, s *shop) {
		s.put(m, permittest.Members{"sold": true})
		s.cdn.Fail(1, permittest.Fault{Without: []string{"reqId"}})
		c := s.newCDN(t)
		defer closeAll(t, c)
		want(t, ask(t, c, m), permit.OutcomeRefused, permit.LocalUnset, permit.CodeSold)
	})
	bubble("M61 the mark twice is no answer", func(t *testing.T, s *shop) {
		other := milk(t, 3)
		s.put(other, permittest.Members{"printView": m.Identity()})
		c := s.newCDN(t)
		defer closeAll(t, c)
		v := c.CheckAll(context.Background(), []permit.Query{{Mark: m}, {Mark: other}})
		want(t, v[0], permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeTwice)
	})
	bubble("M61 what is no mark is not asked about", func(t *testing.T, s *shop) {
		c := s.newCDN(t)
		defer closeAll(t, c)
		bar, _ := marking.Parse("4600702081552", nil)
		want(t, ask(t, c, bar), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeQuery)
		want(t, ask(t, c, marking.Code{}), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeQuery)
		if s.cdn.Checks(1) != 0 {
			t.Error("asked")
		}
	})
}

func compact(t *testing.T, data []byte) string {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// jsonText is a mark as it stands inside a request.
func jsonText(m marking.Code) string {
	return strings.ReplaceAll(strings.ReplaceAll(m.Text(), `"`, `\"`), "\x1d", `\u001d`)
}

func TestCDNFaults(t *testing.T) {
	m := milk(t, 1)
	bubble := func(name string, f func(t *testing.T, s *shop)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop()
				s.put(m, nil)
				f(t, s)
			})
		})
	}
	for _, f := range []permittest.Fault{permittest.Slow(time.Minute), permittest.Hang, {Cut: true}, permittest.Garbage, {Oversized: true},
		{Body: `{"code":0,"codes":[{"cis":"x","valid":"yes"}],"reqId":"1","reqTimestamp":1}`}, {Body: `[]`}, {Body: `{"code":0}{}`}} {
		bubble(fmt.Sprintf("M62 a host without a usable answer is down for 15 minutes %+.40v", f), func(t *testing.T, s *shop) {
			s.cdn.Fail(1, f)
			c := s.newCDN(t)
			defer closeAll(t, c)
			want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
			want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
			if a, b := s.cdn.Checks(1), s.cdn.Checks(2); a != 1 || b != 2 {
				t.Errorf("host 1 asked %d times, host 2 %d times", a, b)
			}
			time.Sleep(15*time.Minute - time.Second)
			ask(t, c, m)
			if s.cdn.Checks(1) != 1 {
				t.Error("asked again too early")
			}
			s.cdn.Fail(1)
			time.Sleep(2 * time.Second)
			ask(t, c, m)
			if s.cdn.Checks(1) != 2 {
				t.Error("not asked again after 15 minutes")
			}
		})
	}
	for _, f := range []permittest.Fault{permittest.TooMany, permittest.Broken, {Status: 502}, {Status: 503, Code: 1}} {
		bubble(fmt.Sprintf("M62 status %d gets one more try, then the next host", f.Status), func(t *testing.T, s *shop) {
			c := s.newCDN(t)
			defer closeAll(t, c)
			s.cdn.Fail(1, f.Once())
			want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
			if a, b := s.cdn.Checks(1), s.cdn.Checks(2); a != 2 || b != 0 {
				t.Errorf("one failure: host 1 asked %d times, host 2 %d times", a, b)
			}
			s.cdn.Fail(1, f)
			want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
			if a, b := s.cdn.Checks(1), s.cdn.Checks(2); a != 4 || b != 1 {
				t.Errorf("two failures: host 1 asked %d times, host 2 %d times", a, b)
			}
			ask(t, c, m)
			if a, b := s.cdn.Checks(1), s.cdn.Checks(2); a != 4 || b != 2 {
				t.Error("the host is not down")
			}
		})
	}
	bubble("M62 5xx with 5000 gets one more try, then online stops", func(t *testing.T, s *shop) {
		c := s.newCDN(t)
		defer closeAll(t, c)
		s.cdn.Fail(1, permittest.Overload.Once())
		want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
		s.cdn.Fail(1, permittest.Overload)
		want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeStatus)
		if a, b := s.cdn.Checks(1), s.cdn.Checks(2); a != 4 || b != 0 {
			t.Errorf("host 1 asked %d times, host 2 %d times", a, b)
		}
	})
	bubble("M62 401 is no refusal", func(t *testing.T, s *shop) {
		s.cdn.SetToken("another")
		c := s.newCDN(t)
		defer closeAll(t, c)
		want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeUnauthorized)
	})
	bubble("M62 on 401 the source is asked for a new token once", func(t *testing.T, s *shop) {
		token, renewals := permit.Secret(cdnToken), 0
		c := s.newCDN(t, func(o *permit.CDNOptions) {
			o.Tokens = permit.TokenFunc(func(_ context.Context, renew bool) (permit.Token, error) {
				if renew {
					renewals++
					token = freshToken
				}
				return permit.Token{Value: token}, nil
			})
		})
		defer closeAll(t, c)
		want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
		s.cdn.SetToken(freshToken)
		want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
		if renewals != 1 {
			t.Errorf("%d renewals", renewals)
		}
		s.cdn.SetToken("yet another")
		before := s.cdn.Checks(1)
		want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeUnauthorized)
		if renewals != 2 || s.cdn.Checks(1) != before+2 {
			t.Errorf("%d renewals, %d checks", renewals, s.cdn.Checks(1)-before)
		}
	})
	bubble("M62 a source that hangs keeps the limit", func(t *testing.T, s *shop) {
		c := s.newCDN(t, func(o *permit.CDNOptions) {
			o.Tokens = permit.TokenFunc(func(ctx context.Context, _ bool) (permit.Token, error) {
				<-ctx.Done()
				return permit.Token{}, errors.New("token source: " + cdnToken)
			})
		})
		defer closeAll(t, c)
		start := time.Now()
		want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeTimeout)
		if took := time.Since(start); took != permit.DefaultLimit {
			t.Error(took)
		}
	})
	bubble("M62 a source that fails", func(t *testing.T, s *shop) {
		cause := errors.New("secret " + cdnToken)
		c := s.newCDN(t, func(o *permit.CDNOptions) {
			o.Tokens = permit.TokenFunc(func(context.Context, bool) (permit.Token, error) { return permit.Token{}, cause })
		})
		defer closeAll(t, c)
		v := ask(t, c, m)
		want(t, v, permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeToken)
		if !errors.Is(v.Failure, cause) || strings.Contains(v.Failure.Error(), cdnToken) {
			t.Error(v.Failure)
		}
	})
	bubble("M62 a known expiry is warned of", func(t *testing.T, s *shop) {
		for days, warned := range map[int]bool{6: true, 8: false, 0: true} {
			expires := time.Now().Add(time.Duration(days)*24*time.Hour + time.Hour)
			c := s.newCDN(t, func(o *permit.CDNOptions) { o.Tokens = permit.StaticToken(cdnToken, expires) })
			v := ask(t, c, m)
			if v.Warned(permit.CodeWarnToken) != warned {
				t.Errorf("%d days: %v", days, v)
			}
			closeAll(t, c)
		}
	})
	bubble("M62 all down: marks cleared and the list read once more", func(t *testing.T, s *shop) {
		for h := range 3 {
			s.cdn.Fail(h+1, permittest.Fault{Cut: true})
		}
		c := s.newCDN(t)
		defer closeAll(t, c)
		if err := c.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeHostsDown)
		if n := len(s.cdn.Infos()); n != 2 {
			t.Errorf("the list was read %d times", n)
		}
		for h := range 3 {
			if n := s.cdn.Checks(h + 1); n != 2 {
				t.Errorf("host %d was asked %d times", h+1, n)
			}
			s.cdn.Fail(h + 1)
		}
		want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
		if n := len(s.cdn.Infos()); n != 3 {
			t.Errorf("the list was read %d times", n)
		}
	})
	bubble("M62 all down and no list", func(t *testing.T, s *shop) {
		delete(s.net, "cdn.test")
		c := s.newCDN(t)
		defer closeAll(t, c)
		v := ask(t, c, m)
		want(t, v, permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeUnreachable)
		if v.Failure.Path() != "https://cdn.test" || !strings.Contains(v.Failure.Error(), "refused") || !v.Failure.SafeToRetry() {
			t.Error(v.Failure)
		}
	})
}

func TestCDNHosts(t *testing.T) {
	m := milk(t, 1)
	bubble := func(name string, f func(t *testing.T, s *shop)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop()
				s.put(m, nil)
				f(t, s)
			})
		})
	}
	bubble("M62 the best host first", func(t *testing.T, s *shop) {
		s.cdn.Average = map[int]time.Duration{1: 90 * time.Millisecond, 2: 40 * time.Millisecond, 3: 60 * time.Millisecond}
		c := s.newCDN(t)
		defer closeAll(t, c)
		if err := c.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		ask(t, c, m)
		s.cdn.Fail(2, permittest.Fault{Cut: true})
		ask(t, c, m)
		if a, b, d := s.cdn.Checks(1), s.cdn.Checks(2), s.cdn.Checks(3); a != 0 || b != 2 || d != 1 {
			t.Error(a, b, d)
		}
	})
	bubble("M62 a host of unknown health comes last", func(t *testing.T, s *shop) {
		s.cdn.FailHealth(1, permittest.Hang)
		s.cdn.FailHealth(2, permittest.Broken)
		c := s.newCDN(t)
		defer closeAll(t, c)
		if err := c.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		ask(t, c, m)
		if s.cdn.Checks(3) != 1 {
			t.Error("host 3 was not the first")
		}
	})
	bubble("M62 the list is read again every 6 to 7 hours", func(t *testing.T, s *shop) {
		c := s.newCDN(t)
		if err := c.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * 24 * time.Hour)
		closeAll(t, c)
		times := s.cdn.Infos()
		if len(times) < 34 || len(times) > 41 {
			t.Errorf("%d times in ten days", len(times))
		}
		differ := false
		for i := range len(times) - 1 {
			pause := times[i+1].Sub(times[i])
			if pause < 6*time.Hour || pause > 7*time.Hour+time.Minute {
				t.Errorf("pause %v", pause)
			}
			differ = differ || i > 0 && pause != times[1].Sub(times[0])
		}
		if !differ {
			t.Error("no jitter")
		}
	})
	bubble("M62 a list that cannot be read is tried again soon", func(t *testing.T, s *shop) {
		s.cdn.FailInfo(permittest.Fault{Cut: true, Times: 2})
		c := s.newCDN(t)
		defer closeAll(t, c)
		if err := c.Start(context.Background()); err == nil {
			t.Fatal("no error")
		}
		time.Sleep(5 * time.Minute)
		if n := len(s.cdn.Infos()); n != 3 {
			t.Errorf("read %d times", n)
		}
	})
	bubble("M62 a check during the background work", func(t *testing.T, s *shop) {
		c := s.newCDN(t)
		defer closeAll(t, c)
		c.Start(context.Background())
		s.cdn.FailInfo(permittest.Hang)
		time.Sleep(7 * time.Hour)
		want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
	})
	bubble("M62 hosts that may not have the token", func(t *testing.T, s *shop) {
		s.cdn.FailInfo(permittest.Fault{Body: `{"code":0,"hosts":[{"host":"http://cdn.test/cdn1"},{"host":"https://u:p@cdn.test/cdn1"},{"host":"ftp://x"},{"host":"https://cdn.test/cdn2"}]}`})
		c := s.newCDN(t)
		defer closeAll(t, c)
		v := ask(t, c, m)
		want(t, v, permit.OutcomeOK, permit.LocalUnset, "")
		if s.cdn.Checks(1) != 0 || s.cdn.Checks(2) != 1 || !v.Warned(permit.CodeWarnHost) {
			t.Error(v)
		}
	})
	for name, body := range map[string]string{
		"no hosts": `{"code":0,"hosts":[]}`, "only bad hosts": `{"code":0,"hosts":[{"host":"http://x"}]}`,
	} {
		bubble("M62 a list with "+name, func(t *testing.T, s *shop) {
			s.cdn.FailInfo(permittest.Fault{Body: body})
			c := s.newCDN(t)
			defer closeAll(t, c)
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeNoHosts)
		})
	}
	bubble("M62 Close ends everything", func(t *testing.T, s *shop) {
		c := s.newCDN(t)
		c.Start(context.Background())
		s.cdn.Fail(1, permittest.Hang)
		done := make(chan permit.Verdict)
		go func() { done <- ask(t, c, m) }()
		synctest.Wait()
		start := time.Now()
		closeAll(t, c)
		want(t, <-done, permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeCancelled)
		if time.Since(start) != 0 {
			t.Error("Close waited")
		}
		want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeClosed)
		if c.Start(context.Background()) == nil {
			t.Error("started after Close")
		}
		closeAll(t, c)
	})
	bubble("M62 the caller gives up", func(t *testing.T, s *shop) {
		s.cdn.Fail(1, permittest.Hang)
		c := s.newCDN(t)
		defer closeAll(t, c)
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(100*time.Millisecond, cancel)
		want(t, c.Check(ctx, permit.Query{Mark: m}), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeCancelled)
		s.cdn.Fail(1)
		ask(t, c, m)
		if s.cdn.Checks(1) != 2 {
			t.Error("the host was marked down for it")
		}
	})
}

func TestEmergency(t *testing.T) {
	m := milk(t, 1)
	for _, f := range []permittest.Fault{permittest.Emergency, {Code: 203}, {Status: 503, Code: 203}} {
		t.Run(fmt.Sprintf("M62 203 by HTTP or body, status %d", f.Status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop()
				s.put(m, permittest.Members{"sold": true})
				store := &permit.MemStore{}
				keep := func(o *permit.CDNOptions) { o.Store = store }
				c := s.newCDN(t, keep)
				s.cdn.Fail(1, f)
				v := ask(t, c, m)
				want(t, v, permit.OutcomeEmergency, permit.LocalUnset, "")
				if _, ok := v.Industry(permit.IndustrySettings{}); ok || !v.Allowed() || !v.Warned(permit.CodeWarnEmergency) {
					t.Error(v)
				}

				// No answer: the emergency lasts, for other goods and after a restart too.
				for h := range 3 {
					s.cdn.Fail(h+1, permittest.Fault{Cut: true})
				}
				want(t, ask(t, c, milk(t, 2)), permit.OutcomeEmergency, permit.LocalUnset, permit.CodeHostsDown)
				closeAll(t, c)
				time.Sleep(71 * time.Hour)
				c = s.newCDN(t, keep)
				want(t, ask(t, c, m), permit.OutcomeEmergency, permit.LocalUnset, permit.CodeHostsDown)
				time.Sleep(2 * time.Hour)
				want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeHostsDown)

				// A normal answer, though a refusal, ends it.
				s.cdn.Fail(1, f)
				want(t, ask(t, c, m), permit.OutcomeEmergency, permit.LocalUnset, "")
				s.cdn.Fail(1)
				want(t, ask(t, c, m), permit.OutcomeRefused, permit.LocalUnset, permit.CodeSold)
				s.cdn.Fail(1, permittest.Fault{Cut: true})
				want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeHostsDown)
				closeAll(t, c)
				c = s.newCDN(t, keep)
				want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeHostsDown)
				closeAll(t, c)
			})
		})
	}
	t.Run("M62 its length is a setting", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			c := s.newCDN(t, func(o *permit.CDNOptions) { o.Emergency = time.Hour })
			defer closeAll(t, c)
			s.cdn.FailInfo(permittest.Emergency.Once(), permittest.Fault{Cut: true})
			want(t, ask(t, c, m), permit.OutcomeEmergency, permit.LocalUnset, "")
			time.Sleep(59 * time.Minute)
			want(t, ask(t, c, m), permit.OutcomeEmergency, permit.LocalUnset, permit.CodeUnreachable)
			time.Sleep(2 * time.Minute)
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeUnreachable)
		})
	})
	t.Run("M62 a clock that was set back does not prolong it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			now := time.Now()
			c := s.newCDN(t, func(o *permit.CDNOptions) { o.Now = func() time.Time { return now } })
			defer closeAll(t, c)
			s.cdn.FailInfo(permittest.Emergency.Once(), permittest.Fault{Cut: true})
			ask(t, c, m)
			now = now.AddDate(-1, 0, 0)
			want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeUnreachable)
		})
	})
	t.Run("M62 a store that fails does not stop the check", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			c := s.newCDN(t, func(o *permit.CDNOptions) { o.Store = brokenStore{} })
			defer closeAll(t, c)
			s.cdn.FailInfo(permittest.Emergency)
			want(t, ask(t, c, m), permit.OutcomeEmergency, permit.LocalUnset, "")
			if !strings.Contains(s.log.String(), "not kept over a restart") {
				t.Error(s.log.String())
			}
		})
	})
}

type brokenStore struct{}

var errDisk = errors.New("disk on fire")

func (brokenStore) Load(context.Context, string) ([]byte, error)   { return nil, errDisk }
func (brokenStore) Save(context.Context, string, []byte) error     { return errDisk }
func (brokenStore) Delete(context.Context, string) error           { return errDisk }
func (brokenStore) Keys(context.Context, string) ([]string, error) { return nil, errDisk }
