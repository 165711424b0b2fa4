package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/exchange"
	"github.com/obmen-go/obmen/kmazs/office"
	"github.com/obmen-go/obmen/kmazs/office/dirfile"
	"github.com/obmen-go/obmen/kmazs/webapi"
)

// station is the stage of the first act: an office with its directory, and the
// folder that it shares with the ERP.
type station struct {
	*stage
	folder    string
	directory *dirfile.Directory
	clock     atomic.Int64 // days that the office's calendar was moved
	messages  int64        // the ERP's running number
}

// before is the directory as the day begins: two drivers share a short name.
const before = `{"revision":1,"stations":[1,2,10],"fuels":[{"id":1,"code":"92"},{"id":2,"code":"95"}],
"departments":[],"accounts":[
{"number":1,"catalogue":"operator","shortName":"ОПЕРАТОР"},
{"number":2,"catalogue":"driver","shortName":"КУЗНЕЦОВ А.А.","fullName":"Кузнецов Андрей Андреевич"},
{"number":3,"catalogue":"driver","shortName":"КУЗНЕЦОВ А.А.","fullName":"Кузнецов Алексей Ильич"}]}
`

// drivers are the users of the document's JSON sample.
func drivers() []kmazs.User {
	return []kmazs.User{
		{SyncID: kmazs.Value("1456735"), ShortName: kmazs.Value("ИВАНОВ И.И."), FullName: kmazs.Value("Иванов Иван Иванович"),
			Key: kmazs.Value("0000567890123456"), CanTide: kmazs.Value(true), DayLimit: kmazs.Value(100), Stations: kmazs.Value("all")},
		{SyncID: kmazs.Value("8923564"), ShortName: kmazs.Value("СИДОРОВ С.С."), FullName: kmazs.Value("Сидоров Сидор Сидорович"),
			Key: kmazs.Value("0000000000123456"), CanTide: kmazs.Value(true), DayLimit: kmazs.Value(200), Stations: kmazs.Value("1,2")},
	}
}

func playUsers(ctx context.Context, s *stage) error {
	dir, err := s.folder("users")
	if err != nil {
		return err
	}
	st := &station{stage: s, folder: filepath.Join(dir, "exchange")}
	if err := os.Mkdir(st.folder, 0o755); err != nil {
		return err
	}
	path := filepath.Join(dir, "dir.json")
	if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
		return err
	}
	st.directory = dirfile.New(path)
	for _, part := range []func(context.Context) error{st.folderWay, st.replaceMode, st.webWay} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// now is the office's clock.
func (st *station) now() time.Time { return time.Now().AddDate(0, 0, int(st.clock.Load())) }

// open starts an office in the folder; the ERP's side is the client. close ends it.
func (st *station) open(ctx context.Context, settings *office.Settings) (client *exchange.Client, closeOffice func() error) {
	ctx, stop := context.WithCancel(ctx)
	importer := office.NewImporter(st.directory, settings, &office.Options{Now: st.now})
	served := make(chan error, 1)
	go func() {
		o := exchange.NewOffice(flagfile.Dir(st.folder), importer, &exchange.OfficeOptions{Every: 10 * time.Millisecond, Now: st.now})
		served <- o.Run(ctx)
	}()
	client = exchange.NewClient(flagfile.Dir(st.folder), &exchange.ClientOptions{
		CodePage: dbfio.CP866, Every: 10 * time.Millisecond, Now: st.now,
	})
	return client, func() error {
		stop()
		if err := <-served; err != nil {
			return err
		}
		return importer.Close(context.WithoutCancel(ctx))
	}
}

// send lets the ERP send users and checks the counts of the answer: changed,
// added, deleted, ignored.
func (st *station) send(ctx context.Context, client *exchange.Client, want [4]int, options kmazs.Options, users ...kmazs.User) (*flagfile.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, 8*time.Second)
	defer cancel()
	st.messages++
	reply, err := client.Send(ctx, kmazs.NewRequest(options, users...), st.messages)
	if err != nil {
		return nil, err
	}
	var got [4]int
	for i, key := range []string{"updcnt", "addcnt", "delcnt", "ignoredcnt"} {
		text, _ := reply.Result.File.Get(flagfile.Main, key)
		if _, err := fmt.Sscan(text, &got[i]); err != nil {
			return nil, fmt.Errorf("%s of usersres.flag: %q", key, text)
		}
	}
	if err := expect("changed, added, deleted, ignored", got, want); err != nil {
		return nil, err
	}
	st.say("usersres.flag: изменено %d, добавлено %d, удалено %d, без изменений %d", got[0], got[1], got[2], got[3])
	return reply.Result, reply.Clean(ctx)
}

func (st *station) folderWay(ctx context.Context) (err error) {
	client, closeOffice := st.open(ctx, &office.Settings{ShowRefused: true})
	defer func() {
		if e := closeOffice(); err == nil {
			err = e
		}
	}()

	st.scene("ERP кладёт users.dbf (CP866) и users.flag в общую папку")
	users := drivers()
	result, err := st.send(ctx, client, [4]int{0, 2, 0, 0}, kmazs.Options{}, users...)
	if err != nil {
		return err
	}
	for line := range strings.Lines(result.File.Text()) {
		st.shown("%s", strings.TrimRight(line, "\r\n"))
	}

	st.scene("Те же пользователи ещё раз")
	if _, err := st.send(ctx, client, [4]int{0, 0, 0, 2}, kmazs.Options{}, users...); err != nil {
		return err
	}

	st.scene("Иванову меняют лимит, Сидоров уволен")
	if _, err := st.send(ctx, client, [4]int{1, 0, 1, 0}, kmazs.Options{},
		kmazs.User{SyncID: kmazs.Value("1456735"), DayLimit: kmazs.Value(150)},
		kmazs.User{SyncID: kmazs.Value("8923564"), Operation: kmazs.Value(kmazs.Delete)},
	); err != nil {
		return err
	}
	ivanov, err := st.account(ctx, "ИВАНОВ И.И.")
	if err != nil {
		return err
	}
	st.say("Иванов: %s л в сутки, АЗС %s, ключ и имя не тронуты", ivanov.DayLimit, kmazs.StationList{Numbers: ivanov.Stations})
	if err := expect("the limit", ivanov.DayLimit, office.Litres(150)); err != nil {
		return err
	}

	st.scene("Привязка по имени: Кузнецовых двое")
	byName := kmazs.Options{AttachByName: kmazs.Value(true)}
	kuznetsov := kmazs.User{ShortName: kmazs.Value("Кузнецов А.А."), DayLimit: kmazs.Value(50)}
	snapshot, err := st.directory.Snapshot(ctx)
	if err != nil {
		return err
	}
	plan, err := office.NewPlan(snapshot, kmazs.NewRequest(byName, kuznetsov), nil, kmazs.DateOf(st.now()))
	if err != nil {
		return err
	}
	for line := range plan.Lines() {
		st.shown("%s", line.Reason("ru"))
	}
	_, err = st.send(ctx, client, [4]int{0, 0, 0, 1}, byName, kuznetsov)
	return err
}

// replaceMode: who is not in the list is locked, and after ten days the account
// serves somebody new.
func (st *station) replaceMode(ctx context.Context) (err error) {
	client, closeOffice := st.open(ctx, &office.Settings{ShowRefused: true, Replace: true, MaxLockPercent: 70, AttachByName: true})
	defer func() {
		if e := closeOffice(); err == nil {
			err = e
		}
	}()

	st.scene("Режим «Замена»: в списке один Иванов")
	ivanov := kmazs.User{SyncID: kmazs.Value("1456735")}
	if _, err := st.send(ctx, client, [4]int{0, 0, 0, 1}, kmazs.Options{}, ivanov); err != nil {
		return err
	}
	locked := 0
	snapshot, err := st.directory.Snapshot(ctx)
	if err != nil {
		return err
	}
	for _, a := range snapshot.Accounts {
		if !a.LockedOn.IsZero() {
			locked++
			st.say("№ %d %s: заблокирован, срок обслуживания до %s", a.Number, a.FullName, a.TimeLimit.Dotted())
		}
	}
	if err := expect("locked accounts", locked, 2); err != nil {
		return err
	}

	st.scene("Прошло 11 дней: учётная запись используется повторно")
	st.clock.Store(11)
	novikova := kmazs.User{SyncID: kmazs.Value("3021177"), ShortName: kmazs.Value("НОВИКОВА Н.Н."), Stations: kmazs.Value("all")}
	if _, err := st.send(ctx, client, [4]int{0, 1, 0, 1}, kmazs.Options{}, ivanov, novikova); err != nil {
		return err
	}
	reused, err := st.account(ctx, "НОВИКОВА Н.Н.")
	if err != nil {
		return err
	}
	st.say("%s получила личный номер %d", reused.ShortName, reused.Number)
	return expect("the personal number", reused.Number, 2)
}

func (st *station) account(ctx context.Context, shortName string) (office.Account, error) {
	snapshot, err := st.directory.Snapshot(ctx)
	if err != nil {
		return office.Account{}, err
	}
	i := slices.IndexFunc(snapshot.Accounts, func(a office.Account) bool { return a.ShortName == shortName })
	if i < 0 {
		return office.Account{}, fmt.Errorf("no account %q", shortName)
	}
	return snapshot.Accounts[i], nil
}

// webWay is the same import as JSON over HTTP.
func (st *station) webWay(ctx context.Context) (err error) {
	importer := office.NewImporter(st.directory, &office.Settings{ShowRefused: true}, &office.Options{Now: st.now})
	server := httptest.NewServer(webapi.NewHandler(importer, &webapi.HandlerOptions{
		Operators: []webapi.Operator{{Login: "erp", Password: "tour", WebAPI: true, ImportUsers: true}},
	}))
	defer func() {
		server.Close()
		if e := importer.Close(context.WithoutCancel(ctx)); err == nil {
			err = e
		}
	}()

	st.scene("То же через Веб-API: JSON по HTTP")
	client, err := webapi.NewClient(server.URL, &webapi.ClientOptions{User: "erp", Password: "tour"})
	if err != nil {
		return err
	}
	request := kmazs.NewRequest(kmazs.Options{}, drivers()[1])
	for _, want := range []kmazs.Result{{Added: 1}, {Ignored: 1}} { // Sidorov is back; then he is there
		result, err := client.Import(ctx, request.Options, request.Users())
		if err != nil {
			return err
		}
		st.shown("%s", kmazs.ResponseTo(result, nil).AppendJSON(nil))
		got := kmazs.Result{Added: result.Added, Ignored: result.Ignored}
		if err := expect("added and ignored", fmt.Sprint(got), fmt.Sprint(want)); err != nil {
			return err
		}
	}

	st.scene("Неверная кодировка: TestCharSet испорчен по дороге")
	var body bytes.Buffer
	if err := kmazs.WriteJSON(&body, request.Options, request.Users()); err != nil {
		return err
	}
	damaged := bytes.Replace(body.Bytes(), []byte("Проверка кодировки"), []byte("?????? ?????????"), 1)
	_, err = client.ImportJSON(ctx, damaged)
	refused, ok := errors.AsType[*webapi.Error](err)
	if !ok || refused.Code() != webapi.CodeRefused {
		return fmt.Errorf("a damaged TestCharSet: got %v, want a refusal", err)
	}
	st.shown("%s", refused.Message("ru"))
	if err := expect("safe to retry", refused.SafeToRetry(), true); err != nil {
		return err
	}
	st.say("ничего не импортировано, запрос можно повторить")
	return nil
}
