package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/policy"
)

type decideIn struct {
	Version string `query:"version" maxLength:"50" doc:"version of the pack; absent = the one that the sale is under"`
	Lang    string `query:"lang" vocab:"languages" doc:"language of the texts; absent = that of Accept-Language, or the pack's first"`
	Accept  string `header:"Accept-Language" hidden:"true"`
	Body    json.RawMessage
}

type rawOut struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Body        []byte
}

func (s *server) decideOperation() {
	op := huma.Operation{OperationID: "decide", Method: http.MethodPost, Path: "/decide", Tags: []string{"Decisions"}, Metadata: reading(),
		Summary: "Decide a set of facts on every basis",
		Description: "Facts and decision are those of the decision contract: the answer is, byte for byte, what `talon decide --json` prints. " +
			"Nothing is stored, and nobody's data is read.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: refTo(s.api.OpenAPI().Components.Schemas, "Facts")}}},
		Responses:   map[string]*huma.Response{"200": {Description: "The decision", Content: map[string]*huma.MediaType{"application/json": {Schema: refTo(s.api.OpenAPI().Components.Schemas, "Decision")}}}}}
	register(s, op, s.decide)
}

func (s *server) decide(_ context.Context, who caller, in *decideIn) (*rawOut, error) {
	facts, err := policy.ParseFacts("body", in.Body)
	if err != nil {
		return nil, factFaults(err)
	}
	lang := in.Lang
	if lang == "" && in.Accept != "" {
		lang = who.lang
	}
	dec, err := s.desk.Decide(*facts, in.Version, lang)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ") // as the command line prints it
	if err := enc.Encode(dec); err != nil {
		return nil, fmt.Errorf("write decision: %w", err)
	}
	return &rawOut{ContentType: "application/json", Body: b.Bytes()}, nil
}

// factFaults are faults that the schema can't see, such as an instant without
// a zone.
func factFaults(err error) error {
	var faults policy.Faults
	if !errors.As(err, &faults) || len(faults) == 0 {
		return err
	}
	out := &invalidBody{status: http.StatusUnprocessableEntity}
	for _, f := range faults {
		out.fields = append(out.fields, violation{key: "bad_facts", args: map[string]string{
			"line": fmt.Sprint(f.Pos.Line), "column": fmt.Sprint(f.Pos.Column), "message": f.Message}})
	}
	return out
}
