package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

func (s *server) documentOperations() {
	serve := func(id, path, summary, mediaType string, schema *huma.Schema, data func() []byte) {
		register(s, huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{"Document"}, Summary: summary,
			Metadata:  map[string]any{metaKey: true},
			Responses: map[string]*huma.Response{"200": {Description: summary, Content: map[string]*huma.MediaType{mediaType: {Schema: schema}}}}},
			func(context.Context, caller, *struct{}) (*rawOut, error) {
				charset := mediaType
				if strings.HasPrefix(mediaType, "text/") {
					charset += "; charset=utf-8"
				}
				return &rawOut{ContentType: charset, Body: data()}, nil
			})
	}
	text := &huma.Schema{Type: huma.TypeString}
	serve("openapi-json", "/openapi.json", "The OpenAPI 3.1 document as JSON", "application/openapi+json", &huma.Schema{Type: huma.TypeObject}, func() []byte { return s.document.json })
	serve("openapi-yaml", "/openapi.yaml", "The OpenAPI 3.1 document as YAML", "application/openapi+yaml", text, func() []byte { return s.document.yaml })
	serve("docs", "/docs", "The operations and problems for people", "text/html", text, func() []byte { return s.document.page })
	serve("docs-style", "/docs.css", "The style of that page", "text/css", text, func() []byte { return docsStyle })
}
