// Package picture reads what people hand in: it tells a file's type by its
// bytes, measures pictures before it decodes them, takes out what a camera
// wrote besides the picture (where, when and with what it was taken), and
// makes previews.
package picture
