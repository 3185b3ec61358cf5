package preseed

import (
	"github.com/goccy/go-yaml/ast"
)

// bare is a node without its tag and anchor.
func bare(node ast.Node) ast.Node {
	for {
		switch n := node.(type) {
		case *ast.TagNode:
			node = n.Value
		case *ast.AnchorNode:
			node = n.Value
		default:
			return node
		}
	}
}

// mapping are the entries of a node that is a mapping.
func mapping(node ast.Node) ([]entry, bool) {
	var values []*ast.MappingValueNode
	switch n := bare(node).(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return nil, false
	}
	entries := make([]entry, 0, len(values))
	for _, v := range values {
		key, ok := scalar(v.Key)
		if !ok {
			return nil, false
		}
		entries = append(entries, entry{key, line(v.Key), v.Value})
	}
	return entries, true
}

// sequence are the items of a node that is a list.
func sequence(node ast.Node) ([]ast.Node, bool) {
	n, ok := bare(node).(*ast.SequenceNode)
	if !ok {
		return nil, false
	}
	return n.Values, true
}

// scalar is the text of a node that is one value, as it is written: a number keeps its digits.
func scalar(node ast.Node) (string, bool) {
	switch n := bare(node).(type) {
	case nil:
		return "", true
	case *ast.NullNode:
		return "", true
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	case ast.MapKeyNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func isNull(node ast.Node) bool {
	n := bare(node)
	if n == nil {
		return true
	}
	_, null := n.(*ast.NullNode)
	return null
}

// line is where a node begins, from 1.
func line(node ast.Node) int {
	if m, ok := bare(node).(*ast.MappingNode); ok && len(m.Values) > 0 {
		return line(m.Values[0].Key)
	}
	if m, ok := bare(node).(*ast.MappingValueNode); ok {
		return line(m.Key)
	}
	if node == nil || node.GetToken() == nil || node.GetToken().Position == nil {
		return 1
	}
	return node.GetToken().Position.Line
}
