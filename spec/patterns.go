package spec

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"tarn/lxd/schema"
)

// pattern is one of the globs of ignore_config and secret_config, with its place in the spec.
type pattern struct {
	glob string
	at   hcl.Range
}

// globs reads a list of patterns, without those that are none, and keeps their places for checkPatterns.
func (r *reader) globs(name string, expr hcl.Expression, list cty.Value) []string {
	elements, diags := hcl.ExprList(expr)
	if diags.HasErrors() || len(elements) != list.LengthInt() {
		elements = nil // it is no list that is written down
	}
	var globs []string
	i := -1
	for it := list.ElementIterator(); it.Next(); {
		i++
		at := r.ranges.Of(name)
		if elements != nil {
			at = elements[i].Range()
		}
		_, element := it.Element()
		if element.IsNull() {
			r.l.errorf(at, "Invalid pattern", "%q has an element that is null.", name)
			continue
		}
		glob := textOf(element)
		if _, err := path.Match(glob, ""); err != nil || glob == "" {
			r.l.errorf(at, "Invalid pattern", "%q is not a pattern for config keys. "+
				"A pattern is a key in which * stands for any text, ? for one character and [a-z] for one of several: \"user.*\".", glob)
			continue
		}
		globs = append(globs, glob)
		if r.patterns == nil {
			r.patterns = map[string][]pattern{}
		}
		r.patterns[name] = append(r.patterns[name], pattern{glob, at})
	}
	return globs
}

// patternScope is whose config keys a pattern is for.
type patternScope struct {
	driver string // "" for all
	volume bool   // volumes alone; else pools and volumes
}

// patternQuery asks what is wrong with a pattern. The answers are kept, because thousands of volumes have the same patterns.
type patternQuery struct {
	patternScope
	glob string
}

// patternFault is what is wrong with a pattern, the zero value for nothing.
type patternFault struct {
	severity hcl.DiagnosticSeverity
	detail   string
}

// checkPatterns reports the patterns of an attribute that no config key has, and that so do nothing.
func (r *reader) checkPatterns(attribute string, scope patternScope) {
	if _, known := schema.Lookup(scope.driver); scope.driver != "" && !known {
		return
	}
	for _, p := range r.patterns[attribute] {
		query := patternQuery{scope, p.glob}
		fault, ok := r.l.patternFaults[query]
		if !ok {
			fault = query.fault()
			if r.l.patternFaults == nil {
				r.l.patternFaults = map[patternQuery]patternFault{}
			}
			r.l.patternFaults[query] = fault
		}
		if fault.detail != "" {
			r.l.diagnose(fault.severity, p.at, "Pattern without a config key", fault.detail)
		}
	}
}

// freeKeys begin the keys that are not in the schema: those of users and of the server.
var freeKeys = []string{"user.", "volatile."}

// fault tells what is wrong with a pattern. One that looks like a slip is an error. Another one may be for a key of a newer server.
func (q patternQuery) fault() patternFault {
	literal := q.glob
	if i := strings.IndexAny(literal, `*?[\`); i >= 0 {
		literal = literal[:i]
	}
	for _, free := range freeKeys {
		if strings.HasPrefix(literal, free) || literal != q.glob && strings.HasPrefix(free, literal) {
			return patternFault{}
		}
	}
	keys := keysLike(keyQuery{volume: true, driver: q.driver})
	whose := "volumes"
	if !q.volume {
		keys = append(keys, keysLike(keyQuery{driver: q.driver})...)
		whose = "pools and volumes"
	}
	var candidates []string
	for _, key := range keys {
		if matches, _ := path.Match(q.glob, key.Name); matches {
			return patternFault{}
		}
		candidates = append(candidates, key.Name)
		if literal != q.glob {
			for i, c := range key.Name {
				if c == '.' {
					candidates = append(candidates, key.Name[:i]+".*")
				}
			}
		}
	}
	if poolBlock.attribute(q.glob) != nil || volumeBlock.attribute(q.glob) != nil {
		return patternFault{hcl.DiagError, q.isAttribute()}
	}
	if q.driver != "" {
		whose += " with the driver " + q.driver
	}
	sentence := fmt.Sprintf("tarn knows no config key of %s that %q matches", whose, q.glob)
	slices.Sort(candidates)
	candidates = append(slices.Compact(candidates), "user.*")
	if len(schema.Suggest(q.glob, candidates)) > 0 {
		return patternFault{hcl.DiagError, schema.NoSuchSentence(sentence, q.glob, candidates)}
	}
	return patternFault{hcl.DiagWarning, sentence + ", so the pattern does nothing unless the server has one. Keys of your own start with \"user.\"."}
}

// isAttribute says why an attribute of a block is no pattern.
func (q patternQuery) isAttribute() string {
	if q.glob == "description" {
		return "The description is no config key, so the pattern does nothing. A spec that is silent about a description leaves it as it is: take \"description\" out."
	}
	return fmt.Sprintf("%q is an attribute of the spec and no config key, so the pattern does nothing. Patterns are for what stands in config.", q.glob)
}
