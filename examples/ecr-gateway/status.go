package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/gateway"
)

//go:embed page.html
var pageText string

// page is what the template shows.
type page struct {
	Lang    string
	Text    map[string]string
	Now     time.Time
	Devices []shown
}

// shown is one device of the page.
type shown struct {
	gateway.Snapshot
	Path, Listening string
	Troubles        []trouble
}

type trouble struct {
	Kind  string
	Text  string
	Count uint64
}

// statusHandler serves the page, the figures and the health.
func statusHandler(devices []*device, m *metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { health(w, devices) })
	show := template.Must(template.New("page").Funcs(template.FuncMap{
		"duration": duration, "clock": func(t time.Time) string { return t.Format("15:04:05") },
		"trouble": func(lang string, f gateway.Failure) string { return troubleText(lang, f) },
		"outcome": func(lang string, o ecr.Outcome) string { return words[lang]["outcome-"+o.String()] },
		"state":   func(lang string, s gateway.State) string { return words[lang]["state-"+s.String()] },
	}).Parse(pageText))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		lang := "ru"
		if r.URL.Query().Get("lang") == "en" {
			lang = "en"
		}
		p := page{Lang: lang, Text: words[lang], Now: time.Now()}
		for _, d := range devices {
			s := d.gateway.Snapshot()
			one := shown{Snapshot: s, Path: d.Path, Listening: d.listener.Addr().String()}
			for _, f := range slices.Sorted(maps.Keys(s.Failures)) {
				one.Troubles = append(one.Troubles, trouble{f.String(), troubleText(lang, f), s.Failures[f]})
			}
			p.Devices = append(p.Devices, one)
		}
		var b bytes.Buffer
		if err := show.Execute(&b, p); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
		w.Write(b.Bytes())
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

// health answers 200 if every device is connected, else 503, with a line for each.
func health(w http.ResponseWriter, devices []*device) {
	var b bytes.Buffer
	code := http.StatusOK
	for _, d := range devices {
		s := d.gateway.Snapshot()
		word := "connected"
		if !s.Connected {
			word, code = "not connected", http.StatusServiceUnavailable
		}
		fmt.Fprintf(&b, "device %s: %s (%v)\n", s.Name, word, s.State)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	w.Write(b.Bytes())
}

func duration(lang string, d time.Duration) string {
	unit := words[lang]["ms"]
	switch {
	case d == 0:
		return "–"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.2f %s", float64(d)/float64(time.Millisecond), unit)
	}
	return fmt.Sprintf("%d %s", d.Milliseconds(), unit)
}
