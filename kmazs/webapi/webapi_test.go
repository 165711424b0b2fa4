package webapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/kmazs"
)

// office is an Importer that a test steers.
type office struct {
	got     *kmazs.Request
	calls   int
	result  kmazs.Result
	err     error
	entered chan struct{} // unless nil, told when an import begins
	release chan struct{} // unless nil, waited for
}

func (o *office) TryImport(ctx context.Context, r *kmazs.Request, digest string) (kmazs.Result, error) {
	o.calls++
	o.got = r
	if o.entered != nil {
		close(o.entered)
	}
	if o.release != nil {
		select {
		case <-o.release:
		case <-ctx.Done():
			return kmazs.Result{}, ctx.Err()
		}
	}
	return o.result, o.err
}

var anna = Operator{Login: "anna", Password: "пароль", WebAPI: true, ImportUsers: true}

// serve starts a handler for this office.
func serve(t *testing.T, im Importer, o *HandlerOptions) *httptest.Server {
	t.Helper()
	if o == nil {
		o = &HandlerOptions{}
	}
	if o.Operators == nil {
		o.Operators = []Operator{anna}
	}
	s := httptest.NewServer(NewHandler(im, o))
	t.Cleanup(s.Close)
	return s
}

func client(t *testing.T, url string, o *ClientOptions) *Client {
	t.Helper()
	if o == nil {
		o = &ClientOptions{User: anna.Login, Password: anna.Password}
	}
	c, err := NewClient(url, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var users = []kmazs.User{{SyncID: kmazs.Value("1"), DayLimit: kmazs.Value(100)}}

func send(c *Client) (*kmazs.Result, error) {
	return c.Import(context.Background(), kmazs.Options{}, kmazs.Users(users))
}

// wantError fails unless err is an *Error of this code and safety.
func wantError(t *testing.T, err error, code string, safe bool) *Error {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code() != code || e.SafeToRetry() != safe {
		t.Fatalf("got %v (%T), want %s, safe %v", err, err, code, safe)
	}
	if ru := e.Message("ru"); strings.Contains(ru, "{") || ru == e.Message("en") {
		t.Error(ru)
	}
	return e
}

func TestImport(t *testing.T) {
	t.Run("K26 users go out by POST and the result comes back", func(t *testing.T) {
		im := &office{result: kmazs.Result{Added: 1}}
		s := serve(t, im, nil)
		got, err := client(t, s.URL+"/any/path", nil).Import(t.Context(), kmazs.Options{AttachByKey: kmazs.Value(true)}, kmazs.Users(users))
		if err != nil || got.Added != 1 {
			t.Fatal(got, err)
		}
		if im.got.Records[0].User != users[0] || im.got.Options.AttachByKey != kmazs.Value(true) {
			t.Errorf("%+v", im.got)
		}
	})
	t.Run("K26 the caller's headers and authentication", func(t *testing.T) {
		var got http.Header
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r.Header
			io.WriteString(w, `{"ImportUsersResult":{},"ErrCode":0}`)
		}))
		defer s.Close()
		c := client(t, s.URL, &ClientOptions{User: "u", Password: "p", Header: http.Header{"authorization": {"Bearer x"}, "X-A": {"b"}}})
		if _, err := send(c); err != nil || got.Get("Authorization") != "Bearer x" || got.Get("X-A") != "b" ||
			got.Get("Content-Type") != "application/json; charset=utf-8" || got.Get("Content-Length") == "" {
			t.Error(got, err)
		}
		c = client(t, strings.Replace(s.URL, "//", "//bob:secret@", 1), &ClientOptions{})
		if _, err := send(c); err != nil || got.Get("Authorization") != "Basic Ym9iOnNlY3JldA==" {
			t.Error(got, err)
		}
	})
	t.Run("wrong users are findings and nothing is sent", func(t *testing.T) {
		im := &office{}
		s := serve(t, im, nil)
		_, err := client(t, s.URL, nil).Import(t.Context(), kmazs.Options{}, kmazs.Users([]kmazs.User{{PIN: kmazs.Value(-2)}}))
		if _, ok := errors.AsType[kmazs.Findings](err); !ok || im.calls != 0 {
			t.Error(err, im.calls)
		}
	})
	t.Run("K26 a URL that cannot be used", func(t *testing.T) {
		for _, u := range []string{"", "host/path", "ftp://host", "http://", "http://%zz"} {
			_, err := NewClient(u, nil)
			wantError(t, err, CodeURL, true)
		}
	})
	t.Run("K26 Basic over plain HTTP warns off loopback", func(t *testing.T) {
		for url, want := range map[string]bool{
			"http://office.example/x": true, "http://10.0.0.5": true, "http://[2001:db8::1]:80": true,
			"https://office.example": false, "http://localhost:8080": false, "http://127.0.0.1": false, "http://127.8.9.1": false, "http://[::1]:80": false,
		} {
			c := client(t, url, nil)
			if got := len(c.Warnings()) == 1; got != want {
				t.Errorf("%s: %v", url, c.Warnings())
			} else if got && (c.Warnings()[0].Code() != CodeWarnPlain || strings.Contains(c.Warnings()[0].String(), anna.Password)) {
				t.Error(c.Warnings())
			}
			if c = client(t, url, &ClientOptions{}); len(c.Warnings()) != 0 {
				t.Error("a warning without a password")
			}
		}
	})
}

func post(t *testing.T, s *httptest.Server, login, password, body string, edit func(*http.Request)) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if login != "" {
		req.SetBasicAuth(login, password)
	}
	if edit != nil {
		edit(req)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 0 {
		if _, err := kmazs.ParseResponse(data); err != nil {
			t.Errorf("status %d: %s", resp.StatusCode, data)
		}
		if bytes.ContainsAny(data, "\r\n") {
			t.Errorf("more than one line: %q", data)
		}
	}
	return resp, string(data)
}

const body = `{"ImportUsersParams":{"ImportType":"Update"},"TestCharSet":"Проверка кодировки","Users":[{"SYNCID":"1"}]}`

func TestHandler(t *testing.T) {
	t.Run("K26 401 for a bad login, before the body is read", func(t *testing.T) {
		im := &office{}
		s := serve(t, im, &HandlerOptions{Operators: []Operator{anna, {Login: "", Password: "", WebAPI: true, ImportUsers: true}}})
		for _, c := range [][2]string{{"anna", "x"}, {"Anna", "пароль"}, {"x", "пароль"}, {"anna", ""}, {"", ""}} {
			resp, _ := post(t, s, c[0], c[1], body, func(r *http.Request) {
				if c[0] == "" {
					r.SetBasicAuth("", "")
				}
			})
			if resp.StatusCode != 401 || !strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), "Basic ") {
				t.Errorf("%q: %d", c, resp.StatusCode)
			}
		}
		resp, _ := post(t, s, "", "", body, nil)
		if resp.StatusCode != 401 || im.calls != 0 {
			t.Error(resp.StatusCode, im.calls)
		}
		_, err := send(client(t, s.URL, &ClientOptions{User: "anna", Password: "x"}))
		if e := wantError(t, err, CodeLogin, true); e.ErrCode() != 1 || e.ErrMsg() == "" {
			t.Error(e.ErrCode(), e.ErrMsg())
		}
	})
	t.Run("K26 nobody may log in unless told", func(t *testing.T) {
		s := httptest.NewServer(NewHandler(&office{}, nil))
		defer s.Close()
		if resp, _ := post(t, s, "a", "b", body, nil); resp.StatusCode != 401 {
			t.Error(resp.StatusCode)
		}
	})
	t.Run("K26 a missing right is 200 with ErrCode", func(t *testing.T) {
		for _, o := range []Operator{{Login: "anna", Password: "пароль", ImportUsers: true}, {Login: "anna", Password: "пароль", WebAPI: true}} {
			im := &office{}
			s := serve(t, im, &HandlerOptions{Operators: []Operator{o}})
			resp, text := post(t, s, "anna", "пароль", body, nil)
			if resp.StatusCode != 200 || !strings.HasPrefix(text, `{"ErrCode":1,"ErrMsg":"Оператору не разреш`) || im.calls != 0 {
				t.Error(resp.StatusCode, text)
			}
			_, err := send(client(t, s.URL, nil))
			if e := wantError(t, err, CodeRefused, true); e.ErrCode() != 1 || e.Status() != 200 || !strings.HasPrefix(e.ErrMsg(), "Оператору не разреш") {
				t.Error(e.ErrCode(), e.ErrMsg(), e.Status())
			} else if strings.Count(e.Message("ru"), "·") != 1 {
				t.Error("advice twice:", e.Message("ru"))
			}
		}
	})
	t.Run("K26 405 for other methods", func(t *testing.T) {
		s := serve(t, &office{}, nil)
		for _, m := range []string{"GET", "PUT", "HEAD", "DELETE"} {
			resp, _ := post(t, s, "anna", "пароль", "", func(r *http.Request) { r.Method = m })
			if resp.StatusCode != 405 || resp.Header.Get("Allow") != "POST" {
				t.Errorf("%s: %d", m, resp.StatusCode)
			}
		}
	})
	t.Run("K26 413 above the limit, announced or not", func(t *testing.T) {
		im := &office{}
		s := serve(t, im, &HandlerOptions{Limits: kmazs.Limits{Bytes: int64(len(body))}})
		if resp, text := post(t, s, "anna", "пароль", body, nil); resp.StatusCode != 200 || im.calls != 1 {
			t.Error(resp.StatusCode, text)
		}
		for _, length := range []int64{int64(len(body)) + 1, -1} {
			resp, _ := post(t, s, "anna", "пароль", body+" ", func(r *http.Request) { r.ContentLength = length })
			if resp.StatusCode != 413 || im.calls != 1 {
				t.Error(length, resp.StatusCode)
			}
		}
		// What is announced is not even read.
		req := httptest.NewRequest("POST", "/", readerFunc(func([]byte) (int, error) { t.Error("read"); return 0, io.EOF }))
		req.SetBasicAuth("anna", "пароль")
		req.ContentLength = 1 << 40
		w := httptest.NewRecorder()
		if NewHandler(im, &HandlerOptions{Operators: []Operator{anna}}).ServeHTTP(w, req); w.Code != 413 {
			t.Error(w.Code)
		}
		_, err := client(t, s.URL, nil).ImportJSON(t.Context(), []byte(body+" "))
		wantError(t, err, CodeTooLarge, true)
		if NewHandler(im, nil).o.Limits.Bytes != 256<<20 {
			t.Error("the default is another")
		}
	})
	t.Run("K26 415 for a compressed body", func(t *testing.T) {
		resp, _ := post(t, serve(t, &office{}, nil), "anna", "пароль", body, func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") })
		if resp.StatusCode != 415 {
			t.Error(resp.StatusCode)
		}
	})
	t.Run("K26 503 while another import runs", func(t *testing.T) {
		im := &office{entered: make(chan struct{}), release: make(chan struct{})}
		s := serve(t, im, nil)
		first := make(chan error, 1)
		go func() { _, err := send(client(t, s.URL, nil)); first <- err }()
		<-im.entered
		resp, _ := post(t, s, "anna", "пароль", body, nil)
		if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
			t.Error(resp.StatusCode)
		}
		_, err := send(client(t, s.URL, nil))
		wantError(t, err, CodeBusy, true)
		close(im.release)
		if err := <-first; err != nil {
			t.Error(err)
		}
		im.entered, im.release = nil, nil
		if _, err := send(client(t, s.URL, nil)); err != nil {
			t.Error(err)
		}
	})
	t.Run("K26 503 while the office imports from elsewhere", func(t *testing.T) {
		s := serve(t, &office{err: kmazs.ErrBusy}, nil)
		_, err := send(client(t, s.URL, nil))
		wantError(t, err, CodeBusy, true)
	})
	t.Run("K26 an import error is 200 with ErrCode", func(t *testing.T) {
		_, refusal := kmazs.ParseStations("x")
		s := serve(t, &office{err: refusal}, nil)
		resp, text := post(t, s, "anna", "пароль", body, nil)
		if resp.StatusCode != 200 || !strings.Contains(text, "не является номером КМАЗС") {
			t.Error(resp.StatusCode, text)
		}
		// What has no words for a clerk stays in the log.
		var log bytes.Buffer
		s = serve(t, &office{err: errors.New("disk /secret/path is full")}, &HandlerOptions{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		_, text = post(t, s, "anna", "пароль", body, nil)
		if !strings.Contains(text, "Внутренняя ошибка") || strings.Contains(text, "secret") || !strings.Contains(log.String(), "secret") {
			t.Error(text, log.String())
		}
	})
	t.Run("K20 a wrong TestCharSet is refused before anything changes", func(t *testing.T) {
		im := &office{}
		s := serve(t, im, nil)
		for _, bad := range []string{
			strings.Replace(body, "Проверка", "проверка", 1), strings.Replace(body, `"Update"`, `"Delete"`, 1), body[:len(body)-2], "", "{}",
		} {
			resp, text := post(t, s, "anna", "пароль", bad, nil)
			if resp.StatusCode != 200 || !strings.HasPrefix(text, `{"ErrCode":1,`) || im.calls != 0 {
				t.Error(resp.StatusCode, text, im.calls)
			}
		}
	})
	t.Run("K26 a body that stalls gives its turn back", func(t *testing.T) {
		im := &office{}
		s := serve(t, im, &HandlerOptions{BodyTimeout: 100 * time.Millisecond})
		stalled, w := io.Pipe()
		defer w.Close()
		ended := make(chan int, 1)
		go func() {
			req, _ := http.NewRequest(http.MethodPost, s.URL, io.MultiReader(strings.NewReader(body[:20]), stalled))
			req.SetBasicAuth("anna", "пароль")
			resp, err := s.Client().Do(req)
			if err != nil {
				ended <- 0
				return
			}
			resp.Body.Close()
			ended <- resp.StatusCode
		}()
		select {
		case status := <-ended:
			if status == http.StatusOK || im.calls != 0 {
				t.Error(status, im.calls)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("the handler waits for ever")
		}
		if _, err := send(client(t, s.URL, nil)); err != nil {
			t.Error(err)
		}
	})
	t.Run("an importer that panics does not block the next", func(t *testing.T) {
		h := NewHandler(panicking{}, &HandlerOptions{Operators: []Operator{anna}})
		for range 2 {
			req := httptest.NewRequest("POST", "/", strings.NewReader(body))
			req.SetBasicAuth("anna", "пароль")
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic is lost, or the turn is")
					}
				}()
				h.ServeHTTP(httptest.NewRecorder(), req)
			}()
		}
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

type panicking struct{}

func (panicking) TryImport(context.Context, *kmazs.Request, string) (kmazs.Result, error) {
	panic("boom")
}

// raw answers a connection with these bytes after it has read the request's head,
// and closes it.
func raw(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 64<<10)
			c.Read(buf)
			io.WriteString(c, answer)
			c.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

func TestOutcome(t *testing.T) {
	status := func(code int, text string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(code)
			io.WriteString(w, text)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	closed := httptest.NewServer(nil)
	closed.Close()
	for _, c := range []struct {
		name, url, code string
		safe            bool
	}{
		{"nobody listens", closed.URL, CodeUnreachable, true},
		{"TLS is expected where there is none", strings.Replace(serve(t, &office{}, nil).URL, "http:", "https:", 1), CodeUnreachable, true},
		{"closed without an answer", raw(t, ""), CodeBroken, false},
		{"half an answer", raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"ErrCode\":0"), CodeAnswer, false},
		{"not HTTP", raw(t, "SSH-2.0-x\r\n"), CodeBroken, false},
		{"200 that is no office's", status(200, "<html>"), CodeAnswer, false},
		{"204", status(204, ""), CodeAnswer, false},
		{"500", status(500, ""), CodeStatus, false},
		{"502 of a proxy", status(502, "<html>"), CodeStatus, false},
		{"503 of a proxy", status(503, "<html>"), CodeStatus, false},
		{"504 of a proxy", status(504, "<html>"), CodeStatus, false},
		{"500 with an office's refusal", status(500, `{"ErrCode":9,"ErrMsg":"x"}`), CodeRefused, true},
		{"a redirect is not followed", status(307, ""), CodeStatus, true},
		{"302", status(302, ""), CodeStatus, true},
		{"404", status(404, "<html>"), CodeStatus, true},
	} {
		t.Run("K26 "+c.name, func(t *testing.T) {
			_, err := send(client(t, c.url, nil))
			e := wantError(t, err, c.code, c.safe)
			if strings.Contains(e.Error(), anna.Password) || e.Path() == "" {
				t.Error(e.Error())
			}
		})
	}
	t.Run("K26 a time-out after sending may have been applied, before it cannot", func(t *testing.T) {
		im := &office{entered: make(chan struct{}), release: make(chan struct{})}
		s := serve(t, im, nil)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-im.entered; cancel() }()
		_, err := client(t, s.URL, nil).Import(ctx, kmazs.Options{}, kmazs.Users(users))
		wantError(t, err, CodeBroken, false)
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		_, err = client(t, s.URL, nil).Import(ctx, kmazs.Options{}, kmazs.Users(users))
		wantError(t, err, CodeUnreachable, true)
	})
	t.Run("an answer above the limit", func(t *testing.T) {
		_, err := send(client(t, status(200, strings.Repeat(" ", 200)), &ClientOptions{MaxAnswer: 100}))
		wantError(t, err, CodeAnswer, false)
	})
}

// script is a transport that answers with one step after the other.
type script struct {
	steps []func() (*http.Response, error)
	calls int
}

func (s *script) RoundTrip(*http.Request) (*http.Response, error) {
	s.calls++
	return s.steps[min(s.calls, len(s.steps))-1]()
}

func answer(code int, text string) func() (*http.Response, error) {
	return func() (*http.Response, error) {
		return &http.Response{StatusCode: code, Body: io.NopCloser(strings.NewReader(text)), Header: http.Header{}}, nil
	}
}

func TestAttempts(t *testing.T) {
	busyAnswer := answer(503, `{"ErrCode":1,"ErrMsg":"x"}`)
	good := answer(200, `{"ImportUsersResult":{"AddCnt":1},"ErrCode":0}`)
	dial := func() (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: errors.New("refused")} }
	reset := func() (*http.Response, error) { return nil, &net.OpError{Op: "read", Err: errors.New("reset")} }
	for _, c := range []struct {
		name     string
		attempts int
		steps    []func() (*http.Response, error)
		calls    int
		code     string
		waited   time.Duration
	}{
		{"no retry unless asked", 0, []func() (*http.Response, error){busyAnswer, good}, 1, CodeBusy, 0},
		{"busy, then done", 3, []func() (*http.Response, error){busyAnswer, dial, good}, 3, "", 10 * time.Second},
		{"as often as asked", 2, []func() (*http.Response, error){dial}, 2, CodeUnreachable, 5 * time.Second},
		{"never after an unknown outcome", 5, []func() (*http.Response, error){reset, good}, 1, CodeBroken, 0},
		{"never after a proxy's 503", 5, []func() (*http.Response, error){answer(503, ""), good}, 1, CodeStatus, 0},
		{"never after a refusal", 5, []func() (*http.Response, error){answer(200, `{"ErrCode":1}`), good}, 1, CodeRefused, 0},
	} {
		t.Run("K26 "+c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: c.steps}
				cl, err := NewClient("http://office.example", &ClientOptions{Attempts: c.attempts, HTTP: &http.Client{Transport: s}})
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				_, err = cl.ImportJSON(t.Context(), []byte(body))
				code := ""
				if e, ok := errors.AsType[*Error](err); ok {
					code = e.Code()
				}
				if code != c.code || s.calls != c.calls || time.Since(start) != c.waited {
					t.Errorf("%v after %d calls and %v", err, s.calls, time.Since(start))
				}
			})
		})
	}
}
