// Package api is the JSON API: everything that the desk can do, for programs.
//
// It is OpenAPI 3.1, and the document is the truth: bodies are checked
// against the very schemas that /openapi.json publishes, and a test holds
// every route and every answer against it. Errors are problems of RFC 9457 in
// the reader's language. Programs sign in with a key in the Authorization
// header; cookies are never read, so no page of another site can act here.
// docs/api.md is the guide for those who call it.
package api
