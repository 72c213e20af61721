package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

const schemaPrefix = "#/components/schemas/"

// document is the OpenAPI document as it is served.
type document struct {
	json, yaml []byte
	page       []byte // the list of operations for people
}

func newOpenAPI(version string) *huma.OpenAPI {
	if version == "" {
		version = "0"
	}
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{Title: "Talon", Version: version,
			Description: "Warranty and after-sales service for electronics retailers: what was sold, what each cover promises, and a claim's way from request to hand-over. Errors are problems of RFC 9457; their `key` is for programs, their `detail` for people, in the language of `Accept-Language`."},
		Servers:           []*huma.Server{{URL: Base}},
		JSONSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
		Components: &huma.Components{
			Schemas:   huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer),
			Responses: map[string]*huma.Response{},
			SecuritySchemes: map[string]*huma.SecurityScheme{bearer: {Type: "http", Scheme: "bearer",
				Description: "The key that an administrator made for the program: `Authorization: Bearer talon_…`"}},
		},
		Tags: []*huma.Tag{
			{Name: "Decisions", Description: "Facts in, decision out"},
			{Name: "Public", Description: "What anybody may know"},
			{Name: "Tracking", Description: "What a customer does by the tracking link"},
			{Name: "Requests", Description: "Requests of all kinds"},
			{Name: "Claims", Description: "The work list and the claims"},
			{Name: "Commands", Description: "What is done to a claim"},
			{Name: "Shipments", Description: "Ways by courier, and devices that nobody collects"},
			{Name: "Attachments", Description: "Photos and papers of requests and claims"},
			{Name: "Registry", Description: "Units and sales"},
			{Name: "Certificates", Description: "Post-warranty certificates: offer, sale, refund, income"},
			{Name: "Administration", Description: "Staff, programs, audit"},
			{Name: "Document", Description: "This document"},
		},
	}
}

func byKey() []map[string][]string { return []map[string][]string{{bearer: {}}} }

const readsKey, metaKey = "reads", "meta"

// reading marks an operation that takes a body and changes nothing.
func reading() map[string]any { return map[string]any{readsKey: true} }

func isWrite(op *huma.Operation) bool {
	return op.Method != http.MethodGet && op.Metadata[readsKey] == nil
}

func isMeta(op *huma.Operation) bool { return op.Metadata[metaKey] != nil }

func hasBody[I any]() bool {
	_, ok := reflect.TypeFor[I]().FieldByName("Body")
	return ok
}

// operations adds every operation. The document's own come last: they serve
// what is made of the others.
func (s *server) operations() {
	reg := s.api.OpenAPI().Components.Schemas
	reg.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, status := range problemStatuses {
		s.api.OpenAPI().Components.Responses[problemName(status)] = &huma.Response{Description: http.StatusText(status),
			Content: map[string]*huma.MediaType{problemType: {Schema: refTo(reg, "Problem")}}}
	}
	s.decideOperation()
	s.publicOperations()
	s.trackOperations()
	s.requestOperations()
	s.claimOperations()
	s.commandOperations()
	s.shipmentOperations()
	s.attachmentOperations()
	s.disposalOperations()
	s.paperOperations()
	s.moneyOperations()
	s.loanerOperations()
	s.recoveryOperations()
	s.reportOperations()
	s.registryOperations()
	s.certificateOperations()
	s.catalogueOperations()
	s.consultationOperations()
	s.alertOperations()
	s.noticeOperations()
	s.webhookOperations()
	s.peopleOperations()
	s.programOperations()
	s.documentOperations()
}

var problemStatuses = []int{400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 429, 500, 503}

func problemName(status int) string { return "Problem" + strconv.Itoa(status) }

func refTo(_ huma.Registry, name string) *huma.Schema { return &huma.Schema{Ref: schemaPrefix + name} }

// complete adds what every operation of a kind has: the header of writes, and
// the problems it may answer.
func (s *server) complete(op *huma.Operation) {
	op.SkipValidateBody = true // bodies are checked by the published schema, in readBody
	op.MaxBodyBytes = s.limits.body + 2
	if isUpload(op) {
		op.MaxBodyBytes, op.BodyReadTimeout = care.MaxAttachment+2, uploadTime
	}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	statuses := []int{422, 429, 500, 503}
	if op.Method != http.MethodGet {
		statuses = append(statuses, 400, 404, 409, 413, 415)
	}
	if strings.Contains(op.Path, "{") {
		statuses = append(statuses, 404)
	}
	if !isPublic(op) {
		statuses = append(statuses, 401, 403)
	}
	if op.Tags[0] == "Commands" {
		statuses = append(statuses, 412)
	}
	if isMeta(op) {
		statuses = []int{429, 500}
	}
	for _, status := range statuses {
		op.Responses[strconv.Itoa(status)] = &huma.Response{Ref: "#/components/responses/" + problemName(status)}
	}
	if isWrite(op) {
		most := 200
		op.Parameters = append(op.Parameters, &huma.Param{Name: keyHeader, In: "header", Schema: &huma.Schema{Type: "string", MaxLength: &most},
			Description: "A key of the program's own, for example a UUID. A write that is sent again with the same key is done once: the answer of the first time is replayed, with `Idempotency-Replayed: true`. Kept for a day."})
	}
}

// operation finds an operation in the document; nil where there is none.
func (s *server) operation(method, path string) *huma.Operation {
	for _, op := range operationsOf(s.api.OpenAPI().Paths[path]) {
		if op.Method == method {
			return op
		}
	}
	return nil
}

// operationsOf are the operations of a path of the document; none of no path.
func operationsOf(item *huma.PathItem) []*huma.Operation {
	if item == nil {
		return nil
	}
	return slices.DeleteFunc([]*huma.Operation{item.Get, item.Post, item.Patch}, func(op *huma.Operation) bool { return op == nil })
}

// finishDocument gives vocabularies to the fields that name one, writes the
// document down, and compiles the schemas of bodies out of what was written.
func (s *server) finishDocument() error {
	doc := s.api.OpenAPI()
	reg := doc.Components.Schemas.Map()
	delete(reg, "ErrorModel") // the framework's errors never leave the house
	delete(reg, "ErrorDetail")
	for name := range reg {
		t := doc.Components.Schemas.TypeFromRef(schemaPrefix + name)
		if t == nil || t.Kind() != reflect.Struct {
			return fmt.Errorf("schema %s is of no struct", name)
		}
		if err := vocabularies(t, "json", func(field string) *huma.Schema { return reg[name].Properties[field] }); err != nil {
			return fmt.Errorf("schema %s: %w", name, err)
		}
	}
	for _, schema := range reg {
		neverNull(schema)
	}
	for _, name := range []string{"facts", "decision"} {
		schema, err := engineSchema(name)
		if err != nil {
			return err
		}
		reg[strings.ToUpper(name[:1])+name[1:]] = schema
	}
	s.giveExamples()
	if err := s.writeDocument(); err != nil {
		return err
	}
	return s.compileBodies()
}

func (s *server) writeDocument() error {
	raw, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	s.document.json = append(b.Bytes(), '\n')
	if s.document.yaml, err = s.api.OpenAPI().YAML(); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	s.document.page, err = docsPage(s.api.OpenAPI(), s.words.Locale("en"))
	return err
}

// compileBodies compiles the schema of every body as it was published.
func (s *server) compileBodies() error {
	compile, err := schemas(s.document.json)
	if err != nil {
		return err
	}
	for path, item := range s.api.OpenAPI().Paths {
		for _, op := range operationsOf(item) {
			if op.RequestBody == nil || isUpload(op) {
				continue
			}
			place := "#/paths/" + pointerEscapes.Replace(path) + "/" + strings.ToLower(op.Method) + "/requestBody/content/application~1json/schema"
			schema, err := compile(place)
			if err != nil {
				return fmt.Errorf("body of %s: %w", op.OperationID, err)
			}
			s.bodies[op.OperationID] = &bodySchema{schema: schema, required: op.RequestBody.Required}
		}
	}
	return nil
}

// schemas compiles parts of a document by their place in it.
func schemas(doc []byte) (func(place string) (*jsonschema.Schema, error), error) {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	const name = "https://talon.care/openapi.json"
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource(name, parsed); err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	var mu sync.Mutex // a compiler keeps what it compiled
	return func(place string) (*jsonschema.Schema, error) {
		mu.Lock()
		defer mu.Unlock()
		return c.Compile(name + place)
	}, nil
}

// vocabularies sets the values that fields tagged vocab may have.
func vocabularies(t reflect.Type, tag string, schemaOf func(field string) *huma.Schema) error {
	for _, f := range reflect.VisibleFields(t) {
		vocab := f.Tag.Get("vocab")
		if vocab == "" {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get(tag), ",")
		schema := schemaOf(name)
		words := vocabulary(vocab)
		if schema == nil || len(words) == 0 {
			return fmt.Errorf("field %s: no schema, or no words %q", f.Name, vocab)
		}
		if schema.Items != nil {
			schema = schema.Items
		}
		schema.Enum = nil
		for _, w := range words {
			schema.Enum = append(schema.Enum, w)
		}
		schema.PrecomputeMessages()
	}
	return nil
}

// neverNull takes null out of lists: ours are empty instead, and a program
// leaves a list out.
func neverNull(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
		neverNull(s.Items)
	}
	for _, p := range s.Properties {
		neverNull(p)
	}
}

// engineSchema is a schema of the policy engine, as part of the document.
func engineSchema(name string) (*huma.Schema, error) {
	m, err := policy.Schema(name)
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", name, err)
	}
	delete(m, "$id") // inside the document it has no address of its own
	delete(m, "$schema")
	if name == "facts" { // a file may leave its pack to the command; a call can't
		m["required"] = []string{"pack", "at"}
	}
	return &huma.Schema{Extensions: m}, nil
}

// afterRegister finishes what the framework made of an operation.
func afterRegister[I any](s *server, op huma.Operation) {
	made := s.operation(op.Method, op.Path)
	byName := func(name string) *huma.Schema {
		i := slices.IndexFunc(made.Parameters, func(p *huma.Param) bool { return p.Name == name })
		if i < 0 {
			return nil
		}
		return made.Parameters[i].Schema
	}
	if err := vocabularies(reflect.TypeFor[I](), "query", byName); err != nil {
		panic(fmt.Sprintf("api: operation %s: %v", op.OperationID, err)) // a mistake in this package, found by any test
	}
	for _, p := range made.Parameters {
		neverNull(p.Schema)
	}
	if b := made.RequestBody; b != nil && !isUpload(made) && b.Content["application/json"].Schema.Ref != "" && op.OperationID != "decide" {
		schema := s.api.OpenAPI().Components.Schemas.SchemaFromRef(b.Content["application/json"].Schema.Ref)
		b.Required = len(schema.Required) > 0
	}
}
