// Package preseed reads the storage part of the preseed of LXD and Incus: what lxd init --preseed takes and lxd init --dump prints.
//
// YAML goes in; pools and volumes come out, with the config that the preseed gives them, and a list of what else is in it. Nothing is
// asked of a server, and nothing is filled in or judged.
package preseed

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Preseed is what a preseed says of storage.
type Preseed struct {
	Pools    []Pool
	Volumes  []Volume
	Projects map[string]map[string]string // config by name, of the projects in it

	// Member is the cluster member that is being set up, "" without a cluster. What it has of pools for itself is in MemberConfig, by
	// pool and key.
	Member       string
	MemberConfig map[string]map[string]string

	Left []Left // what is not storage, in the order of the file
}

// Pool is a pool of a preseed.
type Pool struct {
	Name, Driver, Description string
	Config                    map[string]string
	Line                      int
}

// Volume is a volume of a preseed. Empty texts are what servers take for them: the project default, a custom volume with a file system.
type Volume struct {
	Name, Pool, Project, Type, ContentType, Description string
	Config                                              map[string]string
	Copied                                              bool // it has a source
	Line                                                int
}

// Left is something in a preseed that is not taken over.
type Left struct {
	Line int // from 1
	What string
	Why  string
}

// maxDepth is how deep a preseed may be nested: the documented ones are five deep.
const maxDepth = 100

// Read reads a preseed. An error names the line. Several documents are one preseed, as they are to servers the first one alone.
func Read(text []byte) (*Preseed, error) {
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, errors.New("it is no text: it has bytes that are zero")
	}
	if err := check(string(text)); err != nil {
		return nil, err
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, plain(err)
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, errors.New("it is empty")
	}
	r := &reader{p: &Preseed{Projects: map[string]map[string]string{}, MemberConfig: map[string]map[string]string{}}}
	top, ok := mapping(file.Docs[0].Body)
	if !ok {
		return nil, fmt.Errorf("line %d: a preseed is a mapping, with keys such as storage_pools", line(file.Docs[0].Body))
	}
	for _, entry := range top {
		if err := r.section(entry); err != nil {
			return nil, err
		}
	}
	return r.p, nil
}

// check refuses what no preseed has and the parser could not take: deep nesting, and aliases, by which a short text can mean a long one.
func check(text string) error {
	if err := checkLines(text); err != nil {
		return err
	}
	open := 0
	for _, t := range lexer.Tokenize(text) {
		switch t.Type {
		case token.AliasType:
			return fmt.Errorf("line %d: it has an alias, which no preseed needs", t.Position.Line)
		case token.MappingStartType, token.SequenceStartType:
			if open++; open > maxDepth {
				return tooDeep(t.Position.Line)
			}
		case token.MappingEndType, token.SequenceEndType:
			open--
		}
	}
	return nil
}

// checkLines refuses lines that begin deeper than any preseed, before anything takes the text apart.
func checkLines(text string) error {
	n := 0
	for l := range strings.Lines(text) {
		n++
		begin := 0
		for _, r := range l {
			if r != ' ' && r != '-' && r != '?' && r != '\t' && r != '[' && r != '{' {
				break
			}
			if r != ' ' {
				begin++
			}
		}
		indent := len(l) - len(strings.TrimLeft(l, " "))
		if begin > maxDepth && strings.Trim(l, "- \t\r\n") != "" || indent > 10*maxDepth {
			return tooDeep(n)
		}
	}
	return nil
}

func tooDeep(at int) error {
	return fmt.Errorf("line %d: it is nested more than %d deep, which no preseed needs", at, maxDepth)
}

// plain is an error of the parser in one line, without the text that it shows around the place: that may be secret.
func plain(err error) error {
	message, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	if at, rest, ok := strings.Cut(message, "] "); ok && strings.HasPrefix(at, "[") {
		if l, _, ok := strings.Cut(strings.TrimPrefix(at, "["), ":"); ok {
			return fmt.Errorf("line %s: %s", l, rest)
		}
	}
	return errors.New(message)
}

// reader reads the sections of a preseed.
type reader struct{ p *Preseed }

// section reads one of the keys at the top.
func (r *reader) section(e entry) error {
	switch e.key {
	case "storage_pools":
		return each(e, func(fields []entry, at int) error { return r.pool(fields, at) })
	case "storage_volumes":
		return each(e, func(fields []entry, at int) error { return r.volume(fields, at) })
	case "projects":
		r.leave(e, "projects are not tarn's")
		return each(e, func(fields []entry, _ int) error { return r.project(fields) })
	case "cluster":
		r.leave(e, "clusters are not tarn's; what members have of pools for themselves is taken over")
		return r.cluster(e)
	case "config":
		r.leave(e, "the server's own config is not tarn's")
	default:
		r.leave(e, "it is not storage that tarn manages")
	}
	return nil
}

// leave notes a section that is not taken over, unless it is empty.
func (r *reader) leave(e entry, why string) {
	if list, ok := sequence(e.value); ok && len(list) == 0 || isNull(e.value) {
		return
	}
	if fields, ok := mapping(e.value); ok && len(fields) == 0 {
		return
	}
	r.p.Left = append(r.p.Left, Left{e.line, e.key, why})
}

func (r *reader) pool(fields []entry, at int) (err error) {
	p := Pool{Line: at}
	for _, f := range fields {
		switch f.key {
		case "name":
			p.Name, err = f.text()
		case "driver":
			p.Driver, err = f.text()
		case "description":
			p.Description, err = f.text()
		case "config":
			p.Config, err = f.texts()
		}
		if err != nil {
			return err
		}
	}
	if p.Name == "" || p.Driver == "" {
		return fmt.Errorf("line %d: a pool needs a name and a driver", at)
	}
	for _, other := range r.p.Pools {
		if other.Name == p.Name {
			return fmt.Errorf("line %d: the pool %q is on line %d already", at, p.Name, other.Line)
		}
	}
	r.p.Pools = append(r.p.Pools, p)
	return nil
}

func (r *reader) volume(fields []entry, at int) (err error) {
	v := Volume{Line: at}
	texts := map[string]*string{"name": &v.Name, "pool": &v.Pool, "project": &v.Project, "type": &v.Type, "content_type": &v.ContentType, "description": &v.Description}
	for _, f := range fields {
		switch to := texts[strings.ToLower(f.key)]; {
		case to != nil:
			*to, err = f.text()
		case f.key == "config":
			v.Config, err = f.texts()
		case f.key == "source":
			source, ok := mapping(f.value)
			v.Copied = ok && len(source) > 0
			for _, part := range source {
				if part.key == "type" { // dumps have an empty one
					kind, err := part.text()
					v.Copied = v.Copied && (err != nil || kind != "" && kind != "none")
				}
			}
		}
		if err != nil {
			return err
		}
	}
	if v.Name == "" || v.Pool == "" {
		return fmt.Errorf("line %d: a volume needs a name and a pool", at)
	}
	r.p.Volumes = append(r.p.Volumes, v)
	return nil
}

func (r *reader) project(fields []entry) (err error) {
	name, config := "", map[string]string{}
	for _, f := range fields {
		switch f.key {
		case "name":
			name, err = f.text()
		case "config":
			config, err = f.texts()
		}
		if err != nil {
			return err
		}
	}
	r.p.Projects[name] = config
	return nil
}

// cluster reads what the member that is set up has of pools for itself.
func (r *reader) cluster(e entry) error {
	fields, ok := mapping(e.value)
	if !ok {
		return nil
	}
	enabled := true
	for _, f := range fields {
		var err error
		switch f.key {
		case "server_name":
			r.p.Member, err = f.text()
		case "enabled":
			var text string
			text, err = f.text()
			enabled = text == "true"
		case "member_config":
			err = each(f, r.memberConfig)
		}
		if err != nil {
			return err
		}
	}
	if !enabled {
		r.p.Member = ""
	}
	return nil
}

func (r *reader) memberConfig(fields []entry, _ int) error {
	texts := map[string]string{}
	for _, f := range fields {
		text, err := f.text()
		if err != nil {
			return err
		}
		texts[f.key] = text
	}
	if texts["entity"] != "storage-pool" || texts["value"] == "" {
		return nil
	}
	pool := texts["name"]
	if r.p.MemberConfig[pool] == nil {
		r.p.MemberConfig[pool] = map[string]string{}
	}
	r.p.MemberConfig[pool][texts["key"]] = texts["value"]
	return nil
}

// entry is a key of a mapping with its value.
type entry struct {
	key   string
	line  int
	value ast.Node
}

// each goes through a list of mappings.
func each(e entry, do func(fields []entry, at int) error) error {
	if isNull(e.value) {
		return nil
	}
	list, ok := sequence(e.value)
	if !ok {
		return fmt.Errorf("line %d: %s has to be a list", e.line, e.key)
	}
	for _, item := range list {
		fields, ok := mapping(item)
		if !ok {
			return fmt.Errorf("line %d: what is in %s has to be a mapping", line(item), e.key)
		}
		if err := do(fields, line(item)); err != nil {
			return err
		}
	}
	return nil
}

// text is a value that is one word or text.
func (e entry) text() (string, error) {
	text, ok := scalar(e.value)
	if !ok {
		return "", fmt.Errorf("line %d: %s has to be a text", e.line, e.key)
	}
	return text, nil
}

// texts are the values of a mapping of texts. What is empty is left out, as servers do.
func (e entry) texts() (map[string]string, error) {
	texts := map[string]string{}
	if isNull(e.value) {
		return texts, nil
	}
	fields, ok := mapping(e.value)
	if !ok {
		return nil, fmt.Errorf("line %d: %s has to be a mapping", e.line, e.key)
	}
	for _, f := range fields {
		text, err := f.text()
		if err != nil {
			return nil, err
		}
		if text != "" {
			texts[f.key] = text
		}
	}
	return texts, nil
}
