package webapi_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/office"
	"github.com/obmen-go/obmen/kmazs/webapi"
)

// heldDirectory lets nobody see its accounts until it is released.
type heldDirectory struct {
	office.Directory
	asked, release chan struct{}
}

func (d *heldDirectory) Snapshot(ctx context.Context) (*office.Snapshot, error) {
	d.asked <- struct{}{}
	<-d.release
	return d.Directory.Snapshot(ctx)
}

func TestOffice(t *testing.T) {
	t.Run("K26 503 while a real office imports from a folder", func(t *testing.T) {
		directory := &heldDirectory{office.NewMemory(&office.Snapshot{}), make(chan struct{}, 8), make(chan struct{})}
		importer := office.NewImporter(directory, nil, nil)
		s := httptest.NewServer(webapi.NewHandler(importer, &webapi.HandlerOptions{
			Operators: []webapi.Operator{{Login: "erp", Password: "secret", WebAPI: true, ImportUsers: true}},
		}))
		defer s.Close()
		const body = `{"ImportUsersParams":{"ImportType":"Update"},"TestCharSet":"Проверка кодировки","Users":[{"SYNCID":"1","SHORTNAME":"A"}]}`
		post := func() (int, string) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.SetBasicAuth("erp", "secret")
			resp, err := s.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			text, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return resp.StatusCode, string(text)
		}
		folder := make(chan error, 1)
		go func() {
			request, err := kmazs.ReadJSON(strings.NewReader(body), nil)
			if err == nil {
				_, err = importer.Import(t.Context(), request, "digest")
			}
			folder <- err
		}()
		<-directory.asked
		if status, text := post(); status != http.StatusServiceUnavailable {
			t.Error(status, text)
		}
		close(directory.release)
		if err := <-folder; err != nil {
			t.Error(err)
		}
		if status, text := post(); status != http.StatusOK || !strings.Contains(text, `"IgnoredCnt":1`) {
			t.Error(status, text)
		}
	})
}
