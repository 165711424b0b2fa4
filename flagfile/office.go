package flagfile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
)

// Request is a request that the office has found and has to answer.
type Request struct {
	// Kind says which of the two it is.
	Kind Kind
	// File is the request as it was read.
	File *File
	// Digest identifies the request: the SHA-256 of the file's bytes.
	Digest [sha256.Size]byte

	folder Folder
	data   []byte
}

// Claim returns the request that waits in the folder, or nil: there is none, it is
// not ready (FL3) or it is processed (FL5). The file stays as it is: a claim leaves
// no trace that a killed office would have to clean up.
func (f Folder) Claim(ctx context.Context, kind Kind) (*Request, error) {
	file, data, err := load(ctx, f.FS, kind.RequestName())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || !file.Ready() || file.Processed() {
		return nil, err
	}
	return &Request{Kind: kind, File: file, Digest: sha256.Sum256(data), folder: f, data: data}, nil
}

// Current says whether the request still lies there unchanged. An office asks this
// directly before it commits, so that a request withdrawn meanwhile is not done.
func (r *Request) Current(ctx context.Context) (bool, error) {
	_, data, err := load(ctx, r.folder.FS, r.Kind.RequestName())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && bytes.Equal(data, r.data), err
}

// Result is the result that already lies in the folder and belongs to this
// request, or nil: an office killed after it answered finds it here.
func (r *Request) Result(ctx context.Context) (*Result, error) {
	return r.folder.look(ctx, r.Kind, r.File)
}

// Answer publishes the result and then marks the request processed=1, in this
// order (FL5, FL12). The request is read again and only marked if it is unchanged:
// one that was withdrawn or replaced meanwhile is left alone. Answer may be
// repeated.
func (r *Request) Answer(ctx context.Context, result *File) error {
	if err := PublishFile(ctx, r.folder.FS, r.Kind.ResultName(), officeSuffix, result); err != nil {
		return err
	}
	return r.Finish(ctx)
}

// Finish marks the request processed=1 without writing a result.
func (r *Request) Finish(ctx context.Context) error {
	done := r.File.Clone()
	if err := done.Set(Main, "processed", "1"); err != nil {
		return err
	}
	current, err := r.Current(ctx)
	if err != nil || !current {
		return err
	}
	return PublishFile(ctx, r.folder.FS, r.Kind.RequestName(), officeSuffix, done)
}
