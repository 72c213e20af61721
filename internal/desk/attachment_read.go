package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/picture"
)

// NewFile is a file as it is handed in. What it is, its bytes say.
type NewFile struct {
	Kind    care.AttachmentKind // "" = a photo, or a document where it is a PDF
	Name    string
	Content []byte
	Hidden  bool // from the customer; never of a file that the customer hands in
}

// readFile is a file that was looked through, before any transaction.
type readFile struct {
	picture.File
	NewFile
}

// readFiles looks files through. Pictures are decoded one at a time, for each
// may take much memory.
func (d *Desk) readFiles(ctx context.Context, files []NewFile) ([]readFile, error) {
	if len(files) > care.MaxAttachments {
		return nil, tooManyFiles()
	}
	out := make([]readFile, 0, len(files))
	for _, f := range files {
		read, err := d.readFile(ctx, f)
		if err != nil {
			return nil, err
		}
		out = append(out, read)
	}
	return out, nil
}

func tooManyFiles() error {
	return care.Fail(care.Invalid, "too_many_files", "most", strconv.Itoa(care.MaxAttachments)).At("files")
}

func someFiles(files []NewFile) error {
	if len(files) == 0 {
		return care.Fail(care.Invalid, "required", "field", "files").At("files")
	}
	return nil
}

func (d *Desk) readFile(ctx context.Context, f NewFile) (readFile, error) {
	name := care.FileName(f.Name)
	refuse := func(key string) (readFile, error) {
		return readFile{}, care.Fail(care.Invalid, key, "name", name, "most", strconv.Itoa(care.MaxAttachment>>20)).At("files")
	}
	if f.Kind != "" && !slices.Contains(care.AttachmentKinds(), f.Kind) {
		return readFile{}, care.Fail(care.Invalid, "unknown_value", "field", "kind", "value", string(f.Kind), "expected", "photo receipt warranty_card document").At("kind")
	}
	switch {
	case len(f.Content) == 0:
		return refuse("attachment_empty")
	case len(f.Content) > care.MaxAttachment:
		return refuse("attachment_size")
	}
	select {
	case d.decoding <- struct{}{}:
		defer func() { <-d.decoding }()
	case <-ctx.Done():
		return readFile{}, ctx.Err()
	}
	read, err := picture.Read(f.Content)
	switch {
	case errors.Is(err, picture.ErrType):
		return refuse("attachment_type")
	case errors.Is(err, picture.ErrTooLarge):
		return refuse("attachment_pixels")
	case errors.Is(err, picture.ErrBroken):
		return refuse("attachment_broken")
	case err != nil:
		return readFile{}, fmt.Errorf("read file: %w", err)
	}
	if f.Kind == "" {
		f.Kind = care.PhotoAttachment
		if read.Type == picture.PDF {
			f.Kind = care.DocumentAttachment
		}
	}
	f.Name, f.Content = care.DocumentName(f.Name, read.Type), nil
	return readFile{File: read, NewFile: f}, nil
}
