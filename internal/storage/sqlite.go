package storage

import (
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// openSQLite opens a file with one writer and several readers. SQLite lets
// one connection write at a time; a pool of one makes writers queue in Go,
// in order and with their contexts, instead of colliding in the file.
func openSQLite(path string, options Options) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	writer, err := sql.Open("sqlite", sqliteName(path, "immediate", options.BusyTimeout))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", sqliteName(path, "deferred", options.BusyTimeout)+"&_query_only=1")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(options.Connections)
	reader.SetMaxIdleConns(options.Connections)
	migrator := func() (*sql.DB, error) {
		db, err := sql.Open("sqlite", sqliteName(path, "immediate", 5*time.Minute))
		if err == nil {
			db.SetMaxOpenConns(1)
		}
		return db, err
	}
	return &Store{dialect: sqliteDialect, writer: writer, reader: reader, migrator: migrator, path: path}, nil
}

// sqliteName is the driver's name of the file with its settings. The busy
// timeout comes first: turning to WAL needs a lock that another process may
// hold. Synchronous stays FULL, so that a power cut loses no committed claim.
func sqliteName(path, lock string, busy time.Duration) string {
	settings := url.Values{
		"_busy_timeout": {strconv.FormatInt(busy.Milliseconds(), 10)},
		"_txlock":       {lock},
		"_dqs":          {"0"},
		"_error_rc":     {"1"},
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "trusted_schema(OFF)",
			"cache_size(-32000)", "temp_store(MEMORY)", "journal_size_limit(67108864)"},
	}
	return sqliteURL(path) + "?" + settings.Encode()
}

// sqliteURL names an absolute path as SQLite wants it in a URI, whatever
// characters are in it.
func sqliteURL(path string) string {
	path = filepath.ToSlash(path)
	if path[0] != '/' { // C:/…
		path = "/" + path
	}
	file := url.URL{Scheme: "file", Path: path}
	return file.String()
}
