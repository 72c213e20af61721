package desk

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Argon2id hashes passwords in the PHC string format
// ($argon2id$v=19$m=…,t=…,p=…$salt$hash), so that the parameters may be
// raised later without locking anybody out.
type Argon2id struct {
	Memory  uint32 // KiB
	Time    uint32
	Threads uint8
	Random  io.Reader // nil = crypto/rand
}

// StrongArgon2id is tuned to the OWASP advice for argon2id: 19 MiB, two
// passes, one lane, about 30 ms on a small server.
func StrongArgon2id() Argon2id { return Argon2id{Memory: 19 * 1024, Time: 2, Threads: 1} }

const (
	saltSize = 16
	hashSize = 32
	// Limits on what a stored string may ask for, so that a tampered row
	// can't exhaust the machine.
	maxMemory = 1024 * 1024
	maxTime   = 64
)

var errBadHash = errors.New("not an argon2id PHC string")

// Hash implements Hasher.
func (a Argon2id) Hash(password string) (string, error) {
	random := a.Random
	if random == nil {
		random = rand.Reader
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("password salt: %w", err)
	}
	sum := argon2.IDKey([]byte(password), salt, a.Time, a.Memory, a.Threads, hashSize)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, a.Memory, a.Time, a.Threads,
		enc.EncodeToString(salt), enc.EncodeToString(sum)), nil
}

// Verify implements Hasher: it uses the parameters of the stored string.
func (a Argon2id) Verify(stored, password string) (bool, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, errBadHash
	}
	var memory, time uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil {
		return false, fmt.Errorf("%w: %w", errBadHash, err)
	}
	if memory == 0 || memory > maxMemory || time == 0 || time > maxTime || threads == 0 {
		return false, errBadHash
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("%w: %w", errBadHash, err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false, errBadHash
	}
	got := argon2.IDKey([]byte(password), salt, time, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}
