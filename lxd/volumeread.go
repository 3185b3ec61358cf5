package lxd

import (
	"bytes"
	"maps"
)

// volumeReader reads the volumes of a list. encoding/json takes more time and memory for a list of 100,000 than all else that a read does,
// and of most volumes only the name is another than that of the one before.
type volumeReader struct {
	before *Volume // what was read last, nil before the first

	// held are names that the list probably has, in order: a volume's is one of these, and not held twice. May be nil.
	held []string

	// config is the text from which before.Config was read, nil when that is not known.
	config []byte
}

// read reads the JSON of a volume.
func (r *volumeReader) read(text []byte, v *Volume) error {
	if !r.readPlain(text, v) {
		*v, r.config = Volume{}, nil
		if err := decodeObject(text, v); err != nil {
			return err
		}
		v.share(r.before)
	}
	r.before = v
	return nil
}

// readPlain reads a volume as servers write it, without white space, escapes, other characters than those of ASCII, or fields that are not
// known. It is false for any other text, and v is of no use then.
func (r *volumeReader) readPlain(text []byte, v *Volume) bool {
	before := r.before
	if before == nil {
		before = &Volume{}
	}
	in := plainJSON{rest: text}
	seen := 0 // fields, as bits
	ok := in.object(func(key []byte) bool {
		field := 0
		switch string(key) {
		case "name":
			field, v.Name = 1<<0, r.name(in.bytes())
		case "type":
			field, v.Type = 1<<1, in.text(before.Type)
		case "content_type":
			field, v.ContentType = 1<<2, in.text(before.ContentType)
		case "description":
			field, v.Description = 1<<3, in.text(before.Description)
		case "config":
			field, v.Config = 1<<4, r.readConfig(&in, before)
		case "used_by":
			field, v.UsedBy = 1<<5, in.texts()
		case "location":
			field, v.Location = 1<<6, in.text(before.Location)
		case "project":
			field, v.Project = 1<<7, in.text(before.Project)
		case "pool":
			field, v.Pool = 1<<8, in.text(before.Pool)
		case "created_at":
			field = 1 << 9
			if v.CreatedAt.UnmarshalText(in.bytes()) != nil {
				return false
			}
		default:
			return false
		}
		twice := seen&field != 0
		seen |= field
		return !twice
	})
	if v.Config == nil {
		r.config = nil
	}
	return ok && len(in.rest) == 0
}

// name is the name of a volume. Lists come in order, as what is held.
func (r *volumeReader) name(text []byte) string {
	for len(r.held) > 0 && r.held[0] < string(text) {
		r.held = r.held[1:]
	}
	if len(r.held) > 0 && r.held[0] == string(text) {
		return r.held[0]
	}
	return string(text)
}

// readConfig reads a config. One that is written as that of the volume before is the same.
func (r *volumeReader) readConfig(in *plainJSON, before *Volume) map[string]string {
	if r.config != nil && bytes.HasPrefix(in.rest, r.config) {
		in.rest = in.rest[len(r.config):]
		return before.Config
	}
	text, config := in.rest, map[string]string{}
	if !in.object(func(key []byte) bool {
		name := string(key)
		config[name] = in.text(before.Config[name])
		return true
	}) {
		in.failed = true
	}
	r.config = bytes.Clone(text[:len(text)-len(in.rest)])
	if before.Config != nil && maps.Equal(config, before.Config) { // in another order
		return before.Config
	}
	return config
}

// plainJSON is JSON that is read from the left, as long as it is plain; see [volumeReader.readPlain].
type plainJSON struct {
	rest   []byte
	failed bool
}

// skip takes a sign, if it is the next one.
func (p *plainJSON) skip(sign byte) bool {
	if len(p.rest) == 0 || p.rest[0] != sign {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// object goes through an object. value is called with each key, and reads what is under it.
func (p *plainJSON) object(value func(key []byte) bool) bool {
	if !p.skip('{') {
		return false
	}
	for first := true; !p.skip('}'); first = false {
		if !first && !p.skip(',') {
			return false
		}
		key := p.bytes()
		if !p.skip(':') || !value(key) || p.failed {
			return false
		}
	}
	return true
}

// texts is a list of texts.
func (p *plainJSON) texts() []string {
	all := []string{}
	if !p.skip('[') {
		p.failed = true
	}
	for !p.failed && !p.skip(']') {
		if len(all) > 0 && !p.skip(',') {
			p.failed = true
		}
		all = append(all, p.text(""))
	}
	return all
}

// text is a text, which is not held twice where it is the likely one.
func (p *plainJSON) text(likely string) string {
	if text := p.bytes(); string(text) != likely {
		return string(text)
	}
	return likely
}

// bytes is a text as it stands between its quotes.
func (p *plainJSON) bytes() []byte {
	if !p.skip('"') {
		p.failed = true
		return nil
	}
	for i, c := range p.rest {
		switch {
		case c == '"':
			text := p.rest[:i]
			p.rest = p.rest[i+1:]
			return text
		case c < ' ' || c > '~' || c == '\\':
			p.failed = true
			return nil
		}
	}
	p.failed = true
	return nil
}
