package desk_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/storage/storagetest"
)

const password = "correct horse"

// hire makes a clerk who can sign in.
func (s *shop) hire(email string) care.User {
	s.t.Helper()
	u, err := s.CreateUser(s.t.Context(), as(care.Administrator), desk.NewUser{Email: email, Name: "Ана", Role: care.Clerk, Password: password})
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

func (s *shop) signIn(email, password string) (string, error) {
	token, _, err := s.SignIn(s.t.Context(), email, password, "192.0.2.7")
	return token, err
}

func TestSignIn(t *testing.T) {
	on(t, func(s *shop) {
		hired := s.hire("Ana@Omni.Example")
		token, user, err := s.SignIn(s.t.Context(), " ana@omni.example ", password, "192.0.2.7")
		if err != nil || user.ID != hired.ID || user.Password != "" || len(token) < 40 {
			s.t.Fatalf("signed in as %+v with a token of %d: %v", user, len(token), err)
		}
		if got, err := s.Authenticate(s.t.Context(), token); err != nil || got.ID != hired.ID || got.Password != "" {
			s.t.Errorf("the session is of %+v: %v", got, err)
		}
		_, wrong := s.signIn("ana@omni.example", "wrong horse")
		_, unknown := s.signIn("nobody@omni.example", password)
		if care.CodeOf(wrong) != care.Forbidden || fmt.Sprint(wrong) != fmt.Sprint(unknown) {
			s.t.Errorf("a wrong password tells %v, an unknown address %v", wrong, unknown)
		}
		for _, bad := range []string{"", token + "x", desk.HashToken(token)} {
			if _, err := s.Authenticate(s.t.Context(), bad); care.CodeOf(err) != care.SignedOut {
				s.t.Errorf("token %q: %v", bad, err)
			}
		}
		if err := s.SignOut(s.t.Context(), token); err != nil {
			s.t.Error(err)
		}
		if _, err := s.Authenticate(s.t.Context(), token); care.CodeOf(err) != care.SignedOut {
			s.t.Errorf("after signing out: %v", err)
		}
		if err := s.SignOut(s.t.Context(), token); err != nil {
			s.t.Errorf("signing out twice: %v", err)
		}
	})
}

// TestSessionEnds lets a session live on by use, but not for ever.
func TestSessionEnds(t *testing.T) {
	on(t, func(s *shop) {
		s.hire("a@omni.example")
		token, err := s.signIn("a@omni.example", password)
		if err != nil {
			s.t.Fatal(err)
		}
		alive := func() bool {
			_, err := s.Authenticate(s.t.Context(), token)
			if err != nil && care.CodeOf(err) != care.SignedOut {
				s.t.Fatal(err)
			}
			return err == nil
		}
		began := s.now
		for s.now.Before(began.Add(7*24*time.Hour - 12*time.Hour)) {
			s.now = s.now.Add(11 * time.Hour)
			if !alive() {
				s.t.Fatalf("ended after %v in spite of its use", s.now.Sub(began))
			}
		}
		s.now = began.Add(7 * 24 * time.Hour)
		if alive() {
			s.t.Error("lives longer than a week")
		}
		if token, err = s.signIn("a@omni.example", password); err != nil {
			s.t.Fatal(err)
		}
		s.now = s.now.Add(12*time.Hour - time.Second)
		if !alive() {
			s.t.Error("ended before twelve idle hours")
		}
		s.now = s.now.Add(12 * time.Hour)
		if alive() {
			s.t.Error("lives on after twelve idle hours")
		}
		if sessions, _, err := s.Sweep(s.t.Context()); err != nil || sessions != 2 {
			s.t.Errorf("swept %d sessions: %v", sessions, err)
		}
	})
}

// TestThrottle counts failures by address signed in with and by network
// address, in windows of a quarter of an hour.
func TestThrottle(t *testing.T) {
	on(t, func(s *shop) {
		s.hire("a@omni.example")
		fail := func(n int, email, ip string) {
			s.t.Helper()
			for range n {
				if _, _, err := s.SignIn(s.t.Context(), email, "wrong horse", ip); care.CodeOf(err) != care.Forbidden {
					s.t.Fatalf("a wrong password: %v", err)
				}
			}
		}
		fail(9, "a@omni.example", "192.0.2.1")
		if _, err := s.signIn("a@omni.example", password); err != nil {
			s.t.Errorf("after nine failures: %v", err)
		}
		fail(10, "A@omni.example", "192.0.2.1")
		_, _, err := s.SignIn(s.t.Context(), "a@omni.example", password, "192.0.2.99")
		s.fails("after ten failures, from anywhere", "too_many error.too_many_sign_ins", err)
		s.now = s.now.Add(15 * time.Minute)
		if _, err := s.signIn("a@omni.example", password); err != nil {
			s.t.Errorf("in the next quarter of an hour: %v", err)
		}
		for i := range 20 {
			fail(5, fmt.Sprintf("guess%d@omni.example", i), "192.0.2.1")
		}
		_, _, err = s.SignIn(s.t.Context(), "a@omni.example", password, "192.0.2.1")
		s.fails("after a hundred failures from one network address", "too_many error.too_many_sign_ins", err)
		if _, _, err := s.SignIn(s.t.Context(), "a@omni.example", password, "192.0.2.2"); err != nil {
			s.t.Errorf("from another: %v", err)
		}
	})
}

// TestThrottleAtOnce gives many guesses at once no more chances than one
// after the other.
func TestThrottleAtOnce(t *testing.T) {
	on(t, func(s *shop) {
		s.hire("a@omni.example")
		var group sync.WaitGroup
		errs := make([]error, 30)
		for i := range errs {
			group.Go(func() { _, errs[i] = s.signIn("a@omni.example", "wrong horse") })
		}
		group.Wait()
		guesses := 0
		for _, err := range errs {
			switch care.CodeOf(err) {
			case care.Forbidden:
				guesses++
			case care.TooMany:
			default:
				s.t.Errorf("a guess: %v", err)
			}
		}
		if guesses != 10 {
			s.t.Errorf("%d of 30 guesses were looked at", guesses)
		}
	})
}

// TestUserChanges ends the sessions that a change must end.
func TestUserChanges(t *testing.T) {
	role, place, name, secret, locked := care.Technician, "omni-service", "Ана К.", "another horse", true
	for what, c := range map[string]struct {
		change desk.UserChange
		ends   bool
	}{
		"another name":     {desk.UserChange{Name: &name}, false},
		"another role":     {desk.UserChange{Role: &role}, true},
		"another place":    {desk.UserChange{Place: &place}, true},
		"another password": {desk.UserChange{Password: &secret}, true},
		"disabled":         {desk.UserChange{Disabled: &locked}, true},
	} {
		t.Run(what, func(t *testing.T) {
			s := newShop(t, storagetest.Open(t))
			u := s.hire("a@omni.example")
			token, err := s.signIn("a@omni.example", password)
			if err != nil {
				t.Fatal(err)
			}
			changed, err := s.UpdateUser(t.Context(), as(care.Administrator), u.ID, c.change)
			if err != nil || changed.Password != "" {
				t.Fatalf("%+v: %v", changed, err)
			}
			if _, err := s.Authenticate(t.Context(), token); (care.CodeOf(err) == care.SignedOut) != c.ends {
				t.Errorf("the session: %v", err)
			}
			_, err = s.signIn("a@omni.example", password)
			if refused := care.CodeOf(err) == care.Forbidden; refused != (c.change.Password != nil || c.change.Disabled != nil) {
				t.Errorf("signing in by the old password: %v", err)
			}
		})
	}
}

func TestStaff(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), as(care.Administrator)
		good := desk.NewUser{Email: "p@asus.example", Name: "Светлин", Role: care.Partner, Place: "asus-sofia", Password: password}
		for name, c := range map[string]struct {
			change func(*desk.NewUser)
			want   string
		}{
			"no address":              {func(u *desk.NewUser) { u.Email = "p" }, "invalid error.bad_email"},
			"no name":                 {func(u *desk.NewUser) { u.Name = " " }, "invalid error.required"},
			"no role":                 {func(u *desk.NewUser) { u.Role = "king" }, "invalid error.unknown_role"},
			"a partner of no centre":  {func(u *desk.NewUser) { u.Place = "" }, "invalid error.partner_without_centre"},
			"a place that is not one": {func(u *desk.NewUser) { u.Place = "omsk-service" }, "invalid error.no_place"},
			"a short password":        {func(u *desk.NewUser) { u.Password = "девятьзна" }, "invalid error.weak_password"},
		} {
			in := good
			c.change(&in)
			_, err := s.CreateUser(ctx, boss, in)
			s.fails(name, c.want, err)
		}
		u, err := s.CreateUser(ctx, boss, good)
		if err != nil || u.Password != "" || u.Lang != "bg" {
			s.t.Fatalf("%+v: %v", u, err)
		}
		_, err = s.CreateUser(ctx, of("ru-omsk", care.Administrator), desk.NewUser{Email: "P@ASUS.example", Name: "X", Role: care.Clerk, Password: password})
		s.fails("an address that is taken, at another retailer too", "conflict error.email_taken", err)
		role, off := care.Clerk, true
		self := u.Actor()
		self.Kind, self.Role = care.StaffActor, care.Administrator
		_, err = s.UpdateUser(ctx, self, u.ID, desk.UserChange{Role: &role})
		s.fails("taking one's own role", "blocked error.own_rights", err)
		_, err = s.UpdateUser(ctx, self, u.ID, desk.UserChange{Disabled: &off})
		s.fails("disabling oneself", "blocked error.own_rights", err)
		_, err = s.UpdateUser(ctx, boss, "nobody", desk.UserChange{})
		s.fails("changing nobody", "not_found error.no_user", err)
		nowhere := ""
		_, err = s.UpdateUser(ctx, boss, u.ID, desk.UserChange{Place: &nowhere})
		s.fails("taking a partner's centre", "invalid error.partner_without_centre", err)
		short := "short"
		_, err = s.UpdateUser(ctx, boss, u.ID, desk.UserChange{Password: &short})
		s.fails("a short new password", "invalid error.weak_password", err)
		for _, a := range []care.Actor{boss, as(care.Manager), as(care.Technician)} {
			if list, err := s.Users(ctx, a); err != nil || len(list) != 1 || list[0].Password != "" {
				s.t.Errorf("staff as %s: %+v, %v", a.Role, list, err)
			}
		}
		if _, err := s.Users(ctx, as(care.Clerk)); care.CodeOf(err) != care.Forbidden {
			s.t.Errorf("a clerk lists staff: %v", err)
		}
	})
}

func TestClients(t *testing.T) {
	on(t, func(s *shop) {
		ctx, boss := s.t.Context(), as(care.Administrator)
		c, key, err := s.CreateClient(ctx, boss, desk.NewClient{Name: " shop ", Role: care.Clerk})
		if err != nil || c.Hash != "" || c.Name != "shop" || !strings.HasPrefix(key, "talon_") {
			s.t.Fatalf("%+v, %v", c, err)
		}
		actor, err := s.AuthenticateKey(ctx, key)
		if err != nil || actor.Kind != care.ProgramActor || actor.Retailer != "bg-omni" || actor.Role != care.Clerk || actor.ID != c.ID {
			s.t.Errorf("the key is of %+v: %v", actor, err)
		}
		if list, err := s.Clients(ctx, boss); err != nil || len(list) != 1 || list[0].Hash != "" {
			s.t.Errorf("programs: %+v, %v", list, err)
		}
		_, _, err = s.CreateClient(ctx, boss, desk.NewClient{Name: "x", Role: care.Partner})
		s.fails("a partner's program of no centre", "invalid error.partner_without_centre", err)
		_, _, err = s.CreateClient(ctx, boss, desk.NewClient{Name: " ", Role: care.Clerk})
		s.fails("a program without a name", "invalid error.required", err)
		s.fails("another retailer's program", "not_found error.no_client", s.DisableClient(ctx, of("ru-omsk", care.Administrator), c.ID))
		if err := s.DisableClient(ctx, boss, c.ID); err != nil {
			s.t.Fatal(err)
		}
		for _, k := range []string{key, "", "talon_x"} {
			if _, err := s.AuthenticateKey(ctx, k); care.CodeOf(err) != care.SignedOut {
				s.t.Errorf("key %q: %v", k, err)
			}
		}
	})
}

// TestSecretsAreNotStored looks for every secret in the bytes of the database.
func TestSecretsAreNotStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "talon.db")
	s := newShop(t, storagetest.OpenURL(t, "sqlite:"+path))
	s.hire("a@omni.example")
	session, err := s.signIn("a@omni.example", password)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := s.CreateClient(t.Context(), as(care.Administrator), desk.NewClient{Name: "shop", Role: care.Clerk})
	if err != nil {
		t.Fatal(err)
	}
	r := s.open()
	again, err := s.IssueTracking(t.Context(), as(care.Clerk), r.Claim.ID)
	if err != nil {
		t.Fatal(err)
	}
	var stored []byte
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, b...)
	}
	for name, secret := range map[string]string{"password": password, "session": session, "key": key, "tracking link": r.Token, "second link": again} {
		if bytes.Contains(stored, []byte(secret)) {
			t.Errorf("the %s lies in the database", name)
		}
	}
	for name, hash := range map[string]string{"session": desk.HashToken(session), "key": desk.HashToken(key), "tracking link": desk.HashToken(r.Token)} {
		if !bytes.Contains(stored, []byte(hash)) {
			t.Errorf("the hash of the %s does not", name)
		}
	}
	if n := len(r.Token); n != 22 { // 128 bits in base64
		t.Errorf("a tracking link of %d characters", n)
	}
}

func TestArgon2id(t *testing.T) {
	a := desk.Argon2id{Memory: 64, Time: 1, Threads: 1}
	first, err := a.Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.Hash(password)
	if err != nil || first == second || !strings.HasPrefix(first, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("%s and %s: %v", first, second, err)
	}
	stronger := desk.Argon2id{Memory: 128, Time: 2, Threads: 1}
	for p, want := range map[string]bool{password: true, "wrong": false, "": false} {
		if ok, err := stronger.Verify(first, p); err != nil || ok != want {
			t.Errorf("%q: %t, %v", p, ok, err)
		}
	}
	for _, bad := range []string{"", "x", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=18$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=x$AAAA$AAAA",
		"$argon2id$v=19$m=4194304,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=1000,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=1,p=0$AAAA$AAAA",
		"$argon2id$v=19$m=64,t=1,p=1$?$AAAA", "$argon2id$v=19$m=64,t=1,p=1$AAAA$"} {
		if ok, err := a.Verify(bad, password); ok || err == nil {
			t.Errorf("%q verifies", bad)
		}
	}
	if _, err := (desk.Argon2id{Memory: 64, Time: 1, Threads: 1, Random: strings.NewReader("short")}).Hash(password); err == nil {
		t.Error("hashed with a salt that was not there")
	}
}

// TestNew refuses a desk that lacks a part.
func TestNew(t *testing.T) {
	if _, err := desk.New(desk.Config{}); err == nil {
		t.Error("a desk of nothing")
	}
}

// TestInstallAgain brings changed packs in without adding anything twice.
func TestInstallAgain(t *testing.T) {
	on(t, func(s *shop) {
		places, err := s.Places(s.t.Context(), "bg-omni")
		if err != nil || len(places) == 0 {
			s.t.Fatalf("%v, %v", places, err)
		}
		if err := s.Install(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
		if again, err := s.Places(s.t.Context(), "bg-omni"); err != nil || len(again) != len(places) {
			s.t.Errorf("%d places, then %d: %v", len(places), len(again), err)
		}
		if r, err := s.Retailer(s.t.Context(), "bg-omni"); err != nil || r.Currency != "EUR" || r.Zone != "Europe/Sofia" {
			s.t.Errorf("%+v, %v", r, err)
		}
		_, err = s.Retailer(s.t.Context(), "nobody")
		s.fails("a retailer that is none", "not_found error.no_retailer", err)
	})
}

// TestIdempotency runs a write once, whatever its client does.
func TestIdempotency(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		a, b := as(care.Clerk), of("ru-omsk", care.Clerk)
		begin := func(who care.Actor, key, request string) (*care.Idempotent, error) {
			return s.Begin(ctx, who, key, request)
		}
		if got, err := begin(a, "k", "r1"); got != nil || err != nil {
			s.t.Fatalf("first use: %v, %v", got, err)
		}
		_, err := begin(a, "k", "r1")
		s.fails("while the first is in flight", "conflict error.in_flight", err)
		_, err = begin(a, "k", "r2")
		s.fails("with another request", "invalid error.key_reused", err)
		if got, err := begin(b, "k", "r1"); got != nil || err != nil {
			s.t.Errorf("another client's key of the same name: %v, %v", got, err)
		}
		if err := s.Finish(ctx, a, "k", "r1", 201, `{"X":"y"}`, []byte("body")); err != nil {
			s.t.Fatal(err)
		}
		if got, err := begin(a, "k", "r1"); err != nil || got == nil || got.Status != 201 || string(got.Body) != "body" || got.Header != `{"X":"y"}` {
			s.t.Errorf("replayed: %+v, %v", got, err)
		}
		if err := s.Abandon(ctx, b, "k"); err != nil {
			s.t.Fatal(err)
		}
		if got, err := begin(b, "k", "r9"); got != nil || err != nil {
			s.t.Errorf("after it was abandoned: %v, %v", got, err)
		}
		_, err = begin(a, "", "r")
		s.fails("no key", "invalid error.required", err)
		_, err = begin(a, strings.Repeat("k", 201), "r")
		s.fails("a long key", "invalid error.too_long", err)
		s.now = s.now.Add(24*time.Hour + time.Second)
		if _, keys, err := s.Sweep(ctx); err != nil || keys != 2 {
			s.t.Errorf("swept %d keys: %v", keys, err)
		}
		if got, err := begin(a, "k", "r2"); got != nil || err != nil {
			s.t.Errorf("a day later the key is free: %v, %v", got, err)
		}
	})
}

// TestContextEnds stops with its context.
func TestContextEnds(t *testing.T) {
	s := newShop(t, storagetest.Open(t))
	r := s.open()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Do(ctx, as(care.Clerk), r.Claim.ID, care.AddNote{Text: "x"}); err == nil {
		t.Error("a command after the end of its context")
	}
	if c := view(s, func(tx *storage.Tx) (care.Claim, error) { return tx.Claim(t.Context(), "bg-omni", r.Claim.ID) }); c.Seq != r.Claim.Seq {
		t.Error("it was stored")
	}
}
