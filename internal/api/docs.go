package api

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/i18n"
)

//go:embed docs.html
var docsTemplate string

//go:embed docs.css
var docsStyle []byte

type docsOperation struct {
	Method, Path, ID, Summary, Description string
	Key                                    bool
	Parameters                             []*huma.Param
	Body, Answer                           string // names of schemas
}

type docsTag struct {
	Name, Description string
	Operations        []docsOperation
}

type docsField struct {
	Name, Type, Description string
	Required                bool
	Words                   string
}

type docsSchema struct {
	Name   string
	Fields []docsField
}

type docsProblem struct{ Code, Title string }

// docsPage lists the operations, problems and schemas of a document. It needs
// no script and nothing from another site.
func docsPage(doc *huma.OpenAPI, l *i18n.Locale) ([]byte, error) {
	t, err := template.New("docs").Parse(docsTemplate)
	if err != nil {
		return nil, fmt.Errorf("page of operations: %w", err)
	}
	data := struct {
		Title, Version, Description, Base string
		Tags                              []docsTag
		Problems                          []docsProblem
		Schemas                           []docsSchema
	}{Title: doc.Info.Title, Version: doc.Info.Version, Description: doc.Info.Description, Base: Base, Tags: docsTags(doc), Schemas: docsSchemas(doc)}
	for _, code := range problemCodes() {
		data.Problems = append(data.Problems, docsProblem{Code: code, Title: title(l, code)})
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("page of operations: %w", err)
	}
	return b.Bytes(), nil
}

func docsTags(doc *huma.OpenAPI) []docsTag {
	var out []docsTag
	for _, t := range doc.Tags {
		tag := docsTag{Name: t.Name, Description: t.Description}
		for path, item := range doc.Paths {
			for _, op := range operationsOf(item) {
				if slices.Contains(op.Tags, t.Name) {
					tag.Operations = append(tag.Operations, docsOperation{Method: op.Method, Path: path, ID: op.OperationID, Summary: op.Summary,
						Description: op.Description, Key: !isPublic(op), Parameters: op.Parameters, Body: bodyName(op), Answer: answerName(op)})
				}
			}
		}
		slices.SortFunc(tag.Operations, func(a, b docsOperation) int {
			return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
		})
		out = append(out, tag)
	}
	return out
}

func bodyName(op *huma.Operation) string {
	if op.RequestBody == nil {
		return ""
	}
	return schemaName(op.RequestBody.Content)
}

func answerName(op *huma.Operation) string {
	for _, status := range []string{"200", "201"} {
		if r := op.Responses[status]; r != nil {
			return schemaName(r.Content)
		}
	}
	return ""
}

func schemaName(content map[string]*huma.MediaType) string {
	if m := content["application/json"]; m != nil {
		return strings.TrimPrefix(m.Schema.Ref, schemaPrefix)
	}
	return ""
}

func docsSchemas(doc *huma.OpenAPI) []docsSchema {
	var out []docsSchema
	for name, s := range doc.Components.Schemas.Map() {
		entry := docsSchema{Name: name}
		for field, p := range s.Properties {
			entry.Fields = append(entry.Fields, docsField{Name: field, Type: typeName(p), Description: p.Description,
				Required: slices.Contains(s.Required, field), Words: enumOf(p)})
		}
		slices.SortFunc(entry.Fields, func(a, b docsField) int { return strings.Compare(a.Name, b.Name) })
		out = append(out, entry)
	}
	slices.SortFunc(out, func(a, b docsSchema) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func typeName(s *huma.Schema) string {
	switch {
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, schemaPrefix)
	case s.Type == huma.TypeArray:
		return "list of " + typeName(s.Items)
	case s.Format != "" && s.Type == huma.TypeString:
		return s.Format
	case s.Type == "":
		return "any"
	}
	return s.Type
}

func enumOf(s *huma.Schema) string {
	if s.Type == huma.TypeArray {
		s = s.Items
	}
	var words []string
	for _, v := range s.Enum {
		words = append(words, fmt.Sprint(v))
	}
	return strings.Join(words, ", ")
}
