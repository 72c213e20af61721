package policy

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v4"
)

// parseJSON turns a JSON document into the same nodes that YAML gives, with
// the line and column of each value, so that both forms are checked alike.
func parseJSON(file string, data []byte) (*yaml.Node, error) {
	p := &jsonParser{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	p.dec.UseNumber()
	node, err := p.value()
	if err != nil {
		return nil, Faults{{Pos{file, 1, 1}, "not JSON: " + err.Error()}}
	}
	return node, nil
}

type jsonParser struct {
	data  []byte
	dec   *json.Decoder
	line  int
	start int // offset at which p.line begins
	last  int // offset up to which lines were counted
	depth int
}

// place moves to the next token's first byte and gives its line and column.
func (p *jsonParser) place() (line, column int) {
	offset := int(p.dec.InputOffset())
	for offset < len(p.data) && bytes.IndexByte([]byte(" \t\r\n,:"), p.data[offset]) >= 0 {
		offset++
	}
	for ; p.last < offset; p.last++ {
		if p.data[p.last] == '\n' {
			p.line++
			p.start = p.last + 1
		}
	}
	return p.line + 1, offset - p.start + 1
}

func (p *jsonParser) value() (*yaml.Node, error) {
	if p.depth++; p.depth > 100 {
		return nil, fmt.Errorf("nested more than 100 deep")
	}
	defer func() { p.depth-- }()
	line, column := p.place()
	token, err := p.dec.Token()
	if err != nil {
		return nil, err
	}
	node := &yaml.Node{Kind: yaml.ScalarNode, Line: line, Column: column}
	switch t := token.(type) {
	case json.Delim:
		node.Kind = yaml.SequenceNode
		if t == '{' {
			node.Kind = yaml.MappingNode
		}
		return node, p.members(node)
	case string:
		node.Tag, node.Value, node.Style = "!!str", t, yaml.DoubleQuotedStyle
	case json.Number:
		node.Tag, node.Value = "!!float", t.String()
	case bool:
		node.Tag, node.Value = "!!bool", fmt.Sprint(t)
	case nil:
		node.Tag, node.Value = "!!null", "null"
	}
	return node, nil
}

func (p *jsonParser) members(node *yaml.Node) error {
	for p.dec.More() {
		member, err := p.value()
		if err != nil {
			return err
		}
		node.Content = append(node.Content, member)
	}
	_, err := p.dec.Token()
	return err
}
