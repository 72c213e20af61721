package storage

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/talon-care/talon/internal/care"
)

// position is where a list stopped: the sort value of its last row, where the
// list has one, and the row's id.
type position struct {
	value int64
	id    string
}

const (
	usualLimit = 50
	mostLimit  = 200
)

// pageOf reads what a page asks for. started is false at the beginning.
func pageOf(page care.Page) (from position, started bool, limit int, err error) {
	limit = page.Limit
	if limit <= 0 {
		limit = usualLimit
	}
	limit = min(limit, mostLimit)
	if page.Cursor == "" {
		return position{}, false, limit, nil
	}
	bad := care.Fail(care.Invalid, "bad_cursor").At("cursor")
	text, err := base64.RawURLEncoding.DecodeString(page.Cursor)
	if err != nil {
		return position{}, false, 0, bad
	}
	value, id, found := strings.Cut(string(text), " ")
	from.id = id
	if from.value, err = strconv.ParseInt(value, 36, 64); err != nil || !found || id == "" {
		return position{}, false, 0, bad
	}
	return from, true, limit, nil
}

func (p position) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.value, 36) + " " + p.id))
}

// cut shortens a list that was read with one row more than the page holds,
// and gives the cursor of the next page, "" at the end.
func cut[T any](items []T, limit int, at func(T) position) ([]T, string) {
	if len(items) <= limit {
		return items, ""
	}
	items = items[:limit]
	return items, at(items[limit-1]).cursor()
}
