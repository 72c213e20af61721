package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// NewUser is who `talon user add` adds.
type NewUser struct {
	Retailer, Email, Name, Role, Place, Lang string
	PasswordIn                               bool // read it from standard input; else one is made up
}

// AddUser adds a member of staff: the first administrator of an installation
// can only come from here.
func AddUser(ctx context.Context, cfg Config, in NewUser, stdin io.Reader, out io.Writer) error {
	s, err := openSystem(ctx, cfg, time.Now)
	if err != nil {
		return err
	}
	defer s.close()
	password := rand.Text()
	if in.PasswordIn {
		const longest = 1 << 10
		b, err := io.ReadAll(io.LimitReader(stdin, longest))
		if err != nil {
			return fmt.Errorf("read password: %w", err)
		}
		password = strings.TrimRight(string(b), "\r\n")
	}
	u, err := s.desk.CreateUser(ctx, care.System(in.Retailer), desk.NewUser{Email: in.Email, Name: in.Name, Role: care.Role(in.Role),
		Place: in.Place, Lang: in.Lang, Password: password})
	if err != nil {
		return s.explain(err)
	}
	fmt.Fprintf(out, "%s may sign in as %s of %s\n", u.Email, u.Role, u.Retailer)
	if !in.PasswordIn {
		fmt.Fprintf(out, "password: %s\n", password)
	}
	return nil
}
