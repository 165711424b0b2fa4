package webapi

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/obmen-go/obmen/kmazs"
)

// Importer carries out a request, or returns kmazs.ErrBusy while it carries out
// another one. *office.Importer is one.
type Importer interface {
	// TryImport returns what was done, or an error after which nothing was
	// changed. digest is "" here: the Web-API knows no repeated requests.
	TryImport(ctx context.Context, r *kmazs.Request, digest string) (kmazs.Result, error)
}

// Operator is a user of the office who may log in.
type Operator struct {
	// Login and Password are his; an empty Login never matches.
	Login, Password string
	// WebAPI: "Разрешить использование WEB-API".
	WebAPI bool
	// ImportUsers: "Разрешить импорт пользователей".
	ImportUsers bool
}

// HandlerOptions are those of a Handler; nil is the zero value, which lets nobody in.
type HandlerOptions struct {
	// Operators are who may log in.
	Operators []Operator
	// Limits bound a request. Limits.Bytes defaults to 256 MiB.
	Limits kmazs.Limits
	// BodyTimeout is how long a body may take to arrive. It defaults to 5
	// minutes.
	BodyTimeout time.Duration
	// Logger gets one line a request, without names, keys or passwords. It
	// defaults to none.
	Logger *slog.Logger
}

const (
	defaultMaxBody     = 256 << 20
	defaultBodyTimeout = 5 * time.Minute

	retryAfterSeconds = 5
	realm             = `Basic realm="KMAZS-OFFICE", charset="UTF-8"`
)

// Handler is the office's side of the Web-API. Mount it at any path.
type Handler struct {
	importer Importer
	o        HandlerOptions
	log      *slog.Logger
	turn     sync.Mutex
}

var _ http.Handler = (*Handler)(nil)

// NewHandler returns a handler of requests for this importer.
func NewHandler(importer Importer, o *HandlerOptions) *Handler {
	h := &Handler{importer: importer}
	if o != nil {
		h.o = *o
	}
	if h.o.Limits.Bytes <= 0 {
		h.o.Limits.Bytes = defaultMaxBody
	}
	if h.o.BodyTimeout <= 0 {
		h.o.BodyTimeout = defaultBodyTimeout
	}
	if h.log = h.o.Logger; h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	return h
}

// ServeHTTP answers one request (K26): 405, 401, 413, 415 and 503 as HTTP knows
// them, anything else with 200 and the line of K25.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	status, answer := h.serve(w, r)
	body := answer.AppendJSON(nil)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		h.log.Warn("the answer did not reach the client", "error", err)
	}
	h.log.Info("import over the Web-API", "status", status, "errCode", answer.ErrCode, "took", time.Since(start))
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) (int, kmazs.Response) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return refuse(http.StatusMethodNotAllowed, CodeMethod)
	}
	operator, ok := h.login(r)
	switch {
	case !ok:
		w.Header().Set("WWW-Authenticate", realm)
		return refuse(http.StatusUnauthorized, CodeLogin)
	case !operator.WebAPI:
		return refuse(http.StatusOK, CodeNoAPI)
	case !operator.ImportUsers:
		return refuse(http.StatusOK, CodeNoImport)
	case r.ContentLength > h.o.Limits.Bytes:
		w.Header().Set("Connection", "close")
		return refuse(http.StatusRequestEntityTooLarge, CodeTooLarge)
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return refuse(http.StatusUnsupportedMediaType, CodeEncoding)
	}
	if !h.turn.TryLock() {
		return busy(w)
	}
	defer h.turn.Unlock()
	return h.run(w, r)
}

// run reads the body and imports it. The turn is held.
func (h *Handler) run(w http.ResponseWriter, r *http.Request) (int, kmazs.Response) {
	// A server that cannot set deadlines has time-outs of its own.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(h.o.BodyTimeout))
	request, err := kmazs.ReadJSON(http.MaxBytesReader(w, r.Body, h.o.Limits.Bytes), &h.o.Limits)
	_ = control.SetReadDeadline(time.Time{})
	if err != nil {
		h.log.Warn("request refused", "error", err)
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge || code(err) == kmazs.CodeTooLarge {
			return refuse(http.StatusRequestEntityTooLarge, CodeTooLarge)
		}
		if code(err) == kmazs.CodeRead {
			return http.StatusBadRequest, kmazs.ResponseTo(nil, err)
		}
		return http.StatusOK, kmazs.ResponseTo(nil, err)
	}
	for _, warning := range request.Warnings {
		h.log.Warn("request", "warning", warning.String())
	}
	result, err := h.importer.TryImport(r.Context(), request, "")
	switch {
	case errors.Is(err, kmazs.ErrBusy):
		return busy(w)
	case err == nil:
		return http.StatusOK, kmazs.ResponseTo(&result, nil)
	}
	h.log.Error("nothing imported", "error", err)
	var worded interface{ Message(lang string) string }
	if !errors.As(err, &worded) {
		return refuse(http.StatusOK, CodeInternal)
	}
	return http.StatusOK, kmazs.ResponseTo(nil, err)
}

// login finds the operator of a request. The time it takes does not depend on
// which login or password is wrong, nor on how much of it is right.
func (h *Handler) login(r *http.Request) (Operator, bool) {
	login, password, ok := r.BasicAuth()
	gotLogin, gotPassword := sha256.Sum256([]byte(login)), sha256.Sum256([]byte(password))
	var found Operator
	match := 0
	for _, o := range h.o.Operators {
		wantLogin, wantPassword := sha256.Sum256([]byte(o.Login)), sha256.Sum256([]byte(o.Password))
		same := subtle.ConstantTimeCompare(gotLogin[:], wantLogin[:]) &
			subtle.ConstantTimeCompare(gotPassword[:], wantPassword[:])
		if same == 1 && o.Login != "" {
			found, match = o, 1
		}
	}
	return found, ok && match == 1
}

func busy(w http.ResponseWriter) (int, kmazs.Response) {
	w.Header().Set("Retry-After", strconv.Itoa(retryAfterSeconds))
	return refuse(http.StatusServiceUnavailable, CodeBusy)
}

func refuse(status int, code string) (int, kmazs.Response) {
	return status, kmazs.ResponseTo(nil, newError(code))
}

func code(err error) string {
	if e, ok := errors.AsType[*kmazs.Error](err); ok {
		return e.Code()
	}
	return ""
}
