// Package web serves pages: the customer's portal and the staff's desk. Pages
// are made on the server and work without JavaScript. It holds no rule of the
// domain: what may be done next, and who may do it, is what the desk answers.
//
// A page is a handler that takes a visit (who reads, in which language, at
// which retailer) and returns an error instead of writing one; server.go turns
// errors into pages, render.go makes HTML.
package web
