// Package document sets the papers of the house as PDF: slips, conclusions,
// refusals, acts and labels, in the customer's language, with Cyrillic letters
// embedded, QR codes and Code 128. It is told everything that a paper says,
// its dates included; the same paper gives the same bytes.
package document
