package write

import (
	"fmt"

	"slices"
	"strconv"
	"strings"

	"tarn/cli/lazyregexp"
	"tarn/cli/lines"
	"tarn/spec"
)

// forEach is the expression of for_each: a range of numbered names, a set of names, or a map of what differs.
func (g *group) forEach() string {
	if len(g.varying) > 0 {
		return g.elements()
	}
	names := make([]string, len(g.volumes))
	for i, v := range g.volumes {
		names[i] = spec.Quote(v.Name)
	}
	list := packed("toset([", names, "])")
	if counted, ok := g.counted(); ok && (strings.Contains(list, "\n") || len(counted) < len(list)) {
		return counted
	}
	return list
}

// elements are what differs, by names: one value for each, of which several stand on a line, or an object on a line of its own.
func (g *group) elements() string {
	var parts []string
	for _, v := range g.volumes {
		var values []string
		for i, key := range g.varying {
			value := spec.Quote(v.Description)
			if key != "" {
				value = v.Config[key].expression()
			}
			if len(g.varying) > 1 {
				value = g.fields()[i] + " = " + value
			}
			values = append(values, value)
		}
		text := strings.Join(values, ", ")
		if len(g.varying) > 1 {
			text = "{ " + text + " }"
		}
		parts = append(parts, spec.ConfigKey(v.Name)+" = "+text)
	}
	if len(g.varying) == 1 {
		return packed("{", parts, "}")
	}
	return "{\n      " + strings.Join(parts, "\n      ") + "\n    }"
}

// packed writes a list with as many elements on each line as have room there.
func packed(open string, elements []string, end string) string {
	space := ""
	if open == "{" {
		space = " "
	}
	if line := open + space + strings.Join(elements, ", ") + space + end; lines.Width("    for_each = "+line) <= lineLength {
		return line
	}
	var b strings.Builder
	b.WriteString(open)
	column := lineLength
	for _, element := range elements {
		width := lines.Width(element) + 2
		if column+width > lineLength+1 {
			b.WriteString("\n      ")
			column = 6
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(element + ",")
		column += width
	}
	b.WriteString("\n    " + end)
	return b.String()
}

// countable are the letters that names in a row may have besides the number: nothing that means something to format.
var countable = lazyregexp.New(`^[A-Za-z0-9._-]*$`)

// counted is the set of names as numbers that are counted, with some left out: [for i in range(1, 9) : format("web-%02d", i)]. ok is
// false when the names are no such row.
func (g *group) counted() (expression string, ok bool) {
	const fewest, mostLeftOut, mostDigits = 6, 5, 9
	before, after, width, padded := "", "", 0, false
	var numbers []int
	for i, v := range g.volumes {
		prefix, digits, suffix, ok := numberIn(v.Name)
		if !ok || len(digits) > mostDigits || !countable().MatchString(prefix+suffix) || i > 0 && (prefix != before || suffix != after) {
			return "", false
		}
		padded = padded || len(digits) > 1 && digits[0] == '0'
		if i > 0 && padded && len(digits) != width {
			return "", false
		}
		before, after, width = prefix, suffix, len(digits)
		n, _ := strconv.Atoi(digits)
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	from, to := numbers[0], numbers[len(numbers)-1]+1
	var without []string
	for n, i := from, 0; n < to && len(without) <= mostLeftOut; n++ {
		if numbers[i] == n {
			i++
		} else {
			without = append(without, strconv.Itoa(n))
		}
	}
	if len(numbers) < fewest || len(without) > mostLeftOut {
		return "", false
	}
	verb := "%d"
	if padded {
		verb = fmt.Sprintf("%%0%dd", width)
	}
	span := strconv.Itoa(to)
	if from > 0 {
		span = fmt.Sprintf("%d, %d", from, to)
	}
	expression = fmt.Sprintf(`toset([for i in range(%s) : format(%q, i)`, span, before+verb+after)
	switch len(without) {
	case 0:
	case 1:
		expression += " if i != " + without[0]
	default:
		expression += " if !contains([" + strings.Join(without, ", ") + "], i)"
	}
	return expression + "])", true
}

// fields are the names that the values that differ have in the elements: the last part of the key where that is enough.
func (g *group) fields() []string {
	names := make([]string, len(g.varying))
	for i, key := range g.varying {
		if key == "" {
			names[i] = "description"
			continue
		}
		parts := strings.Split(key, ".")
		names[i] = fieldName(parts[len(parts)-1])
	}
	for i, key := range g.varying {
		if key != "" && slices.Index(names, names[i]) < i || slices.Contains(names[i+1:], names[i]) {
			names[i] = fieldName(key)
		}
	}
	for i := range names {
		for slices.Contains(names[:i], names[i]) {
			names[i] += "_"
		}
	}
	return names
}

var notInFields = lazyregexp.New(`[^A-Za-z0-9_]+`)

// fieldName is a text as the name of an attribute.
func fieldName(text string) string {
	name := strings.Trim(notInFields().ReplaceAllString(text, "_"), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' || spec.ConfigKey(name) != name {
		return "value_" + name
	}
	return name
}
