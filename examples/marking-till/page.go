package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/obmen-go/obmen/marking/scanner"
)

//go:embed assets
var assets embed.FS

var pages = template.Must(template.ParseFS(assets, "assets/index.html"))

// page serves the till's page: the files, what a cashier does, and the state as
// server-sent events.
type page struct {
	till *till
	mux  *http.ServeMux
	keys keyboard
}

func newPage(t *till) http.Handler {
	p := &page{till: t, mux: http.NewServeMux()}
	p.mux.HandleFunc("GET /{$}", p.index)
	for _, name := range []string{"till.js", "till.css"} {
		p.mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, assets, "assets/"+name)
		})
	}
	p.mux.HandleFunc("GET /api/events", p.events)
	handle(p, "keys", func(ctx context.Context, a struct{ Keys []key }) error {
		for _, scan := range p.keys.feed(a.Keys) {
			t.scan(ctx, scan)
		}
		return nil
	})
	handle(p, "scan", func(ctx context.Context, a struct{ Text string }) error {
		for scan := range scanner.Paste(a.Text) {
			t.scan(ctx, scan)
		}
		return nil
	})
	handle(p, "unmarked", func(ctx context.Context, _ struct{}) error { return t.addUnmarked(ctx) })
	handle(p, "price", func(_ context.Context, a struct{ Price string }) error { return t.price(a.Price) })
	handle(p, "remove", func(ctx context.Context, a struct{ N int }) error { return t.remove(ctx, a.N) })
	handle(p, "kind", func(ctx context.Context, a struct{ Kind string }) error { return t.setKind(ctx, a.Kind) })
	handle(p, "answer", func(ctx context.Context, a struct {
		Seq    int
		Answer string
	}) error {
		return t.answer(ctx, a.Seq, a.Answer)
	})
	handle(p, "close", func(ctx context.Context, a struct{ Payment string }) error { return t.close(ctx, a.Payment) })
	handle(p, "cancel", func(ctx context.Context, _ struct{}) error { return t.cancel(ctx) })
	handle(p, "stop", func(context.Context, struct{}) error { t.stop(); return nil })
	// Another site's page in the same browser may not press the till's buttons.
	return http.NewCrossOriginProtection().Handler(p.mux)
}

// maxCall bounds the body of a call: a pasted text, a burst of keys.
const maxCall = 1 << 20

// handle makes an action of the page. It runs to its end even if the browser goes
// away: a receipt that is being printed is not stopped by a closed tab.
func handle[A any](p *page, name string, do func(context.Context, A) error) {
	p.mux.HandleFunc("POST /api/"+name, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Content-Type") != "application/json" {
			http.Error(w, "the body must be application/json", http.StatusUnsupportedMediaType)
			return
		}
		var a A
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxCall)).Decode(&a); err != nil && !errors.Is(err, io.EOF) {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if err := do(context.WithoutCancel(r.Context()), a); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

func (p *page) index(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'self'; img-src data:; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	_ = pages.ExecuteTemplate(w, "index.html", map[string]any{
		"Lang": p.till.lang, "T": texts[p.till.lang],
		"Gap": scanner.DefaultGap.Milliseconds(), "Minimum": scanner.DefaultMinimum,
		"Silence": scanner.DefaultSilence.Milliseconds(),
	})
}

// events sends the state, at first as it is and then whenever it changed. A slow
// browser misses states in between, never the last one.
func (p *page) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flusher := http.NewResponseController(w)
	alive := time.NewTicker(15 * time.Second)
	defer alive.Stop()
	last := uint64(0)
	for {
		text, version, changed := p.till.state(last)
		if version != last {
			last = version
			if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
				return
			}
			if flusher.Flush() != nil {
				return
			}
		}
		select {
		case <-changed:
		case <-alive.C:
			if _, err := io.WriteString(w, ": alive\n\n"); err != nil || flusher.Flush() != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-p.till.ended:
			return
		}
	}
}

// key is a key event of the browser: t in its milliseconds, k the kind, r the
// character.
type key struct {
	T   float64
	K   string
	R   string
	Alt bool
}

// keyboard finds scans in the keys of all browsers that show the till: one
// cashier, one scanner.
type keyboard struct {
	mu     sync.Mutex
	reader scanner.KeyReader
}

func (k *keyboard) feed(keys []key) (scans []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range keys {
		at := time.UnixMicro(int64(e.T * 1000)) // only differences count
		if e.K == "tick" {
			if scan, ok := k.reader.Tick(at); ok {
				scans = append(scans, scan)
			}
			continue
		}
		event := scanner.Event{Time: at, Alt: e.Alt}
		switch e.K {
		case "f8":
			event.Key = scanner.KeyF8
		case "enter":
			event.Key = scanner.KeyEnter
		case "tab":
			event.Key = scanner.KeyTab
		case "altup":
			event.Key = scanner.KeyAltUp
		case "rune":
			event.Key = scanner.KeyRune
			for _, r := range e.R {
				event.Rune = r
			}
		default:
			event.Key = scanner.KeyOther
		}
		if scan, ok := k.reader.Feed(event); ok {
			scans = append(scans, scan)
		}
	}
	return scans
}
