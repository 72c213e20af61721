package main

import (
	"bufio"
	"bytes"
	"slices"
	"strings"
	"testing"
)

func written(t *testing.T, claims int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := (&writer{bufio.NewWriter(&out)}).write(claims); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestEveryStoredClaimIsDecidedAlike(t *testing.T) {
	data := written(t, 5000)
	if again := written(t, 5000); !bytes.Equal(data, again) {
		t.Fatal("the same seed wrote other claims")
	}
	decided, differ, err := redecide(bytes.NewReader(data), int64(len(data)))
	if err != nil || decided != 5000 || differ != 0 {
		t.Fatalf("decided %d, %d differ, %v", decided, differ, err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	slices.Sort(lines)
	if kinds := len(slices.Compact(lines)); kinds < 4900 {
		t.Errorf("only %d of 5000 claims are different", kinds)
	}
	for _, verdict := range []string{"covered", "refused", "needs_documents", "needs_facts", "not_in_force", "paid"} {
		if !bytes.Contains(data, []byte(verdict+",")) {
			t.Errorf("no stored claim is %s", verdict)
		}
	}
}

func TestAnotherAnswerIsCounted(t *testing.T) {
	data := bytes.Replace(written(t, 200), []byte("covered,"), []byte("refused,"), 3)
	decided, differ, err := redecide(bytes.NewReader(data), int64(len(data)))
	if err != nil || decided != 200 || differ == 0 || differ > 3 {
		t.Fatalf("decided %d, %d differ, %v", decided, differ, err)
	}
}

func TestBrokenClaimsAreNamed(t *testing.T) {
	for name, line := range map[string]string{
		"no parts":        "bg-omni\n",
		"broken facts":    "bg-omni\t1\tcovered,\t{\n",
		"unknown pack":    "nobody\t1\tcovered,\t{\"at\":\"2026-01-01T00:00:00Z\"}\n",
		"an endless line": "bg-omni\t" + strings.Repeat("x", 100<<10) + "\n",
		"no end of line":  "bg-omni\t1\tcovered,\t{}",
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := redecide(strings.NewReader(line), int64(len(line))); err == nil {
				t.Error("no error")
			}
		})
	}
}
