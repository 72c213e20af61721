// Package storage keeps the product's data in SQLite or PostgreSQL, with one
// text of SQL and one set of migrations for both.
//
// It stores, it does not decide: rules are care's and policy's, who may do
// what is desk's. Every method that touches a retailer's rows takes the
// retailer's id and sees nothing else. docs/adr/0003-storage.md and
// docs/adr/0004-jobs.md give the reasons for what is unusual here.
package storage
