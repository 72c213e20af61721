// Package sample makes files of sales that could be a shop's: the goods of
// each shipped retailer with plausible prices, terms and numbers over two and
// a half years, as its own system would export them. ru-omsk's is a table of
// an accounting system in Windows-1251, bg-omni's a spreadsheet's in UTF-8
// with leva and then euro, ru-xiaomi's an online shop's with English headers.
//
// The first rows are units for demonstrations, with numbers to remember and
// the same age whatever the day (Demo). All else comes from the seed: the same
// options give the same bytes. Customers are invented, phones and e-mail
// addresses lead nowhere, and every IMEI is of the range for test devices,
// which no phone on sale has.
package sample
