package page

import (
	"bufio"
	"fmt"
	"html"
	"maps"
	"reflect"
	"sync"
	"text/template/parse"
)

// page.html is a template as html/template takes it, and the tests hold what is written here to what that writes. It is not in the program
// itself: it calls methods whose names only the template has, so the linker has to keep every method of every type, also for the commands
// that write no page, and each start takes longer by a tenth. Here are the parts of the language that page.html uses, and values are fields.

// trees are the templates of page.html by their names, which only those runs parse that write a page.
var trees = sync.OnceValue(func() map[string]*parse.Tree {
	all, err := parse.Parse(pageName, markup, "", "", map[string]any{"or": true, "and": true})
	if err != nil {
		panic(err)
	}
	return all
})

// pageName is the template that is the whole page.
const pageName = "page"

// verbatim is a text that is written as it is. All others are escaped.
type verbatim string

// scope is what names mean at a place of a template.
type scope struct {
	dot  reflect.Value
	vars map[string]reflect.Value // with their $
}

// newScope is that of a whole template.
func newScope(dot reflect.Value) scope {
	return scope{dot, map[string]reflect.Value{"$": dot}}
}

// with is a scope within another one: with another dot, and variables of the values.
func (s scope) with(dot reflect.Value, vars []*parse.VariableNode, values ...reflect.Value) scope {
	inner := scope{dot, s.vars}
	if len(vars) > 0 {
		inner.vars = maps.Clone(s.vars)
	}
	for i, v := range vars {
		inner.vars[v.Ident[0]] = values[len(values)-len(vars)+i]
	}
	return inner
}

// fill writes a part of a template.
func fill(out *bufio.Writer, part *parse.ListNode, s scope) {
	if part == nil { // an else that is not there
		return
	}
	for _, node := range part.Nodes {
		switch node := node.(type) {
		case *parse.TextNode:
			out.Write(node.Text)
		case *parse.ActionNode:
			show(out, s.pipe(node.Pipe))
		case *parse.TemplateNode:
			fill(out, trees()[node.Name].Root, newScope(s.pipe(node.Pipe)))
		case *parse.IfNode:
			if isSet(s.pipe(node.Pipe)) {
				fill(out, node.List, s)
			} else {
				fill(out, node.ElseList, s)
			}
		case *parse.WithNode:
			if value := s.pipe(node.Pipe); isSet(value) {
				fill(out, node.List, s.with(value, node.Pipe.Decl, value))
			} else {
				fill(out, node.ElseList, s)
			}
		case *parse.RangeNode:
			for i, element := range s.pipe(node.Pipe).Seq2() {
				fill(out, node.List, s.with(element, node.Pipe.Decl, i, element))
			}
		default:
			panic(notKnown(node))
		}
	}
}

// show writes a value. Where page.html has one, in a text or between the quotes of an attribute, one way to escape it is right.
func show(out *bufio.Writer, value reflect.Value) {
	if value.Kind() != reflect.String {
		panic(fmt.Sprintf("page.html shows a %s, which is no text", value.Type()))
	}
	text := value.String()
	if value.Type() != reflect.TypeFor[verbatim]() {
		text = html.EscapeString(text)
	}
	out.WriteString(text)
}

// pipe is the value of what stands in braces, or behind an if, a with or a range.
func (s scope) pipe(pipe *parse.PipeNode) reflect.Value {
	if len(pipe.Cmds) != 1 {
		panic(notKnown(pipe))
	}
	args := pipe.Cmds[0].Args
	function, isCall := args[0].(*parse.IdentifierNode)
	switch {
	case !isCall && len(args) == 1:
		return s.value(args[0])
	case !isCall:
		panic(notKnown(pipe))
	}
	// Of or it is the first value that is set, of and the first that is not, and the last one when there is none.
	value := s.value(args[1])
	for _, arg := range args[2:] {
		if isSet(value) == (function.Ident == "or") {
			break
		}
		value = s.value(arg)
	}
	return value
}

// value is that of an operand.
func (s scope) value(node parse.Node) reflect.Value {
	switch node := node.(type) {
	case *parse.DotNode:
		return s.dot
	case *parse.StringNode:
		return reflect.ValueOf(node.Text)
	case *parse.FieldNode:
		return field(s.dot, node.Ident)
	case *parse.VariableNode:
		return field(s.vars[node.Ident[0]], node.Ident[1:])
	}
	panic(notKnown(node))
}

// field is a field of a value, or a field of that and so on.
func field(value reflect.Value, names []string) reflect.Value {
	for _, name := range names {
		of := reflect.Indirect(value)
		if value = of.FieldByName(name); !value.IsValid() {
			panic(fmt.Sprintf("page.html names .%s, which %s does not have", name, of.Type()))
		}
	}
	return value
}

// isSet tells what an if decides by: whether there is a text, an element, an object, or what is true.
func isSet(value reflect.Value) bool {
	switch value.Kind() {
	case reflect.Slice:
		return value.Len() > 0
	case reflect.Struct:
		return true
	}
	return !value.IsZero()
}

// notKnown is a part of the language that page.html did not have yet.
func notKnown(node parse.Node) string {
	return fmt.Sprintf("page.html has %s, which is not filled in yet", node)
}
