// Package ingest reads what other systems hand over: files of sales, the QR
// codes of fiscal receipts, and the numbers of phones.
//
// ReadSales streams a table of sales, as an accounting system or a
// spreadsheet writes it, into desk.SaleRow values. It bounds what it keeps in
// memory, so a file may have any number of rows. A row that cannot be read is
// a *desk.RowError that names its line and its column; the rows after it go
// on. Only what spoils the whole file ends the reading: a header that lacks a
// column, a spreadsheet that is no text, a broken disk.
//
// Every reason is a *care.Error, so that people read it in their language;
// their texts are the "error.sales_…" and "error.imei_…" messages.
package ingest
