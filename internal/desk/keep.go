package desk

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// A form that is refused must not lose the files that came with it. They are
// looked through and kept for an hour where answers to repeated writes are,
// each under a token that only the form holds, and sealed with a key made of
// it: whoever reads the store reads none of them.

const (
	// keptFor is how long files of a form wait for it.
	keptFor = time.Hour
	// keepAnswers is how long answers to repeated writes are kept.
	keepAnswers = 24 * time.Hour
)

// KeptFile is a file that waits for its form.
type KeptFile struct {
	Token   string              `json:"-"`
	Kind    care.AttachmentKind `json:"kind"`
	Name    string              `json:"name"`
	Type    string              `json:"type"`
	Size    int                 `json:"size"`              // bytes
	Preview []byte              `json:"preview,omitempty"` // JPEG; nil where there is none
}

// keptStatus says of what is kept, as of a stored answer, that it is whole.
const keptStatus = 200

// Keep looks a file through and keeps it for an hour under a new token.
func (d *Desk) Keep(ctx context.Context, actor care.Actor, f NewFile) (KeptFile, error) {
	read, err := d.readFile(ctx, f)
	if err != nil {
		return KeptFile{}, err
	}
	token, _, err := d.newToken(16)
	if err != nil {
		return KeptFile{}, err
	}
	out := KeptFile{Token: token, Kind: read.Kind, Name: read.Name, Type: read.Type, Size: len(read.File.Content), Preview: read.Preview}
	about, err := json.Marshal(out)
	if err != nil {
		return KeptFile{}, fmt.Errorf("keep file: %w", err)
	}
	aead, err := keptSealer(token)
	if err != nil {
		return KeptFile{}, err
	}
	err = d.store.Tx(ctx, func(tx Tx) error {
		for part, content := range map[string][]byte{"about": about, "content": read.File.Content} {
			i := care.Idempotent{Retailer: actor.Retailer, Client: actor.ID, Key: keptKey(part, token), Status: keptStatus,
				Body: aead.Seal(nil, nil, content, []byte(part)), Created: d.now().Add(keptFor - keepAnswers)} // the sweep looks for answers of a day ago
			if err := tx.PutIdempotent(ctx, i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return KeptFile{}, fmt.Errorf("keep file: %w", err)
	}
	return out, nil
}

// Kept tells of a file that waits for its form; care.NotFound when it is there
// no more.
func (d *Desk) Kept(ctx context.Context, actor care.Actor, token string) (KeptFile, error) {
	out := KeptFile{Token: token}
	about, err := d.kept(ctx, actor, "about", token)
	if err == nil {
		err = json.Unmarshal(about, &out)
	}
	if err != nil {
		return KeptFile{}, fmt.Errorf("file of a form: %w", err)
	}
	return out, nil
}

// KeptContent gives a file back, to be handed in with its form.
func (d *Desk) KeptContent(ctx context.Context, actor care.Actor, token string) (NewFile, error) {
	about, err := d.Kept(ctx, actor, token)
	if err != nil {
		return NewFile{}, err
	}
	content, err := d.kept(ctx, actor, "content", token)
	if err != nil {
		return NewFile{}, fmt.Errorf("file of a form: %w", err)
	}
	return NewFile{Kind: about.Kind, Name: about.Name, Content: content}, nil
}

func (d *Desk) kept(ctx context.Context, actor care.Actor, part, token string) (content []byte, err error) {
	gone := care.Fail(care.NotFound, "kept_gone").At("files")
	err = d.store.View(ctx, func(tx Tx) error {
		i, err := tx.Idempotent(ctx, actor.Retailer, actor.ID, keptKey(part, token))
		if missing(&err) {
			return gone
		}
		if err != nil {
			return err
		}
		if !d.now().Before(i.Created.Add(keepAnswers)) {
			return gone
		}
		aead, err := keptSealer(token)
		if err != nil {
			return err
		}
		content, err = aead.Open(nil, nil, i.Body, []byte(part))
		return err
	})
	return content, err
}

func keptKey(part, token string) string { return "kept-" + part + "-" + HashToken(token) }

func keptSealer(token string) (cipher.AEAD, error) {
	key := sha256.Sum256([]byte("kept\x00" + token))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("seal file: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}
