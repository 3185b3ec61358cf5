package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The parsers of HCL and JSON call themselves for what is nested, and a Go program cannot recover from the end of its stack. So how
// deep a text is nested is found out before it is parsed, by what is never deeper than its nesting: tokens, one after the other.

// maxDepth is far beyond any spec and far below what the parsers' recursion can take.
const maxDepth = 1000

// maxTokens is how many words and signs the files of a spec have together at most. Of volumes that are written out each has some
// thirty. The parser needs about 400 bytes for one.
const maxTokens = 6_000_000

// maxDigits is how long a number may be. To read one takes the square of its length.
const maxDigits = 1000

// maxJoined is how many bytes the parser may move to put a text together. Each line of a heredoc is a piece of its own, and so is what
// follows each $ and % in a text; each is put to the end of a copy of the ones before, which takes the square of their number.
const maxJoined = 2 << 30

// What is said of a text, see tooDeep.
var (
	tooManyPieces = "The text has too many lines, or characters % and $, for its length. Keep it in a file of its own, which is read with file(\"NAME\")."
	vastLiteral   = "The number is out of range: it would have thousands of digits."
	nestedTooDeep = fmt.Sprintf("Brackets, operators and templates are nested more than %d deep here, which no spec needs.", maxDepth)
	tooManyDigits = fmt.Sprintf("The number has more than %d digits, which no spec needs.", maxDigits)
)

// summaryOf are the summaries of diagnostics.
var summaryOf = map[string]string{
	nestedTooDeep: "Nesting too deep", tooManyDigits: "Number out of range", vastLiteral: "Number out of range", tooManyPieces: "Text in too many pieces",
}

// tooDeep finds the place in a file where it is nested too deep, or has too long a number, and says so; -1 for none.
func tooDeep(src []byte, name string) (at int, detail string) {
	if IsJSON(name) {
		return tooDeepJSON(src)
	}
	if isFlat(src) {
		return -1, ""
	}
	return tooDeepInParts(src, lexedAtOnce)
}

// lexedAtOnce is how much of a file is cut into tokens at a time, in bytes: those of a whole file take some 50 times its size.
const lexedAtOnce = 64 << 10

// tooDeepInParts is tooDeep for the native syntax.
func tooDeepInParts(src []byte, lexed int) (at int, detail string) {
	n := nesting{open: []opening{{lines: true}}}
	at = -1
	plain := func(rest []byte) int { // lines after each of which all is as after the last one
		if n.depth == maxDepth {
			return 0 // each of them is too deep
		}
		return plainTextLines(rest)
	}
	lexInParts(src, lexed, plain, func(p part) bool {
		from := &n
		if p.count == 0 { // what is too deep mostly is so soon, and need not be read to its end
			from = &nesting{open: slices.Clone(n.open), depth: n.depth}
			p.count = p.sure
		}
		if in, found := from.addAll(p.tokens, p.count); in >= 0 {
			at, detail = p.start+in, found
		}
		return at < 0
	})
	return at, detail
}

// part is a part of a file that has been cut into tokens, whose ranges start anew with it.
type part struct {
	start  int              // byte of the file
	tokens hclsyntax.Tokens // from there
	count  int              // how many of them are the part's; 0 when it has to be longer
	sure   int              // how many of them are what they are whatever follows, but perhaps for the last ones
}

// lexInParts cuts a file into tokens some lines at a time, and gives each part to do, until that is false. skip is how many bytes a part
// need not have of what it would begin with: whole lines.
func lexInParts(src []byte, lexed int, skip func([]byte) int, do func(part) bool) {
	for start, size := 0, lexed; ; {
		start += skip(src[start:])
		end := min(start+size, len(src))
		tokens, _ := hclsyntax.LexConfig(src[start:end], "", hcl.InitialPos)
		count, sure := len(tokens), len(tokens)
		if end < len(src) {
			count, sure = wholeLines(tokens)
		}
		if !do(part{start, tokens, count, sure}) || count > 0 && end == len(src) {
			return
		}
		if count == 0 { // a text of many lines, or a list in one
			size *= 2
			continue
		}
		start, size = start+tokens[count-1].Range.End.Byte, lexed
	}
}

// wholeLines is how many of the tokens, whose source goes on behind them, are those that they would be if the rest began with
// the next one: up to the end of a line that is in no text, and behind which nothing is looked for. And how many are sure, see part.
func wholeLines(tokens hclsyntax.Tokens) (count, sure int) {
	texts := 0
	for i, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			texts++
		case hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			texts--
		case hclsyntax.TokenStar:
			if i > 0 && tokens[i-1].Type == hclsyntax.TokenSlash && tokens[i-1].Range.End == token.Range.Start { // a comment that ends further on
				return count, i - 1
			}
		case hclsyntax.TokenNewline:
			before := hclsyntax.TokenNewline
			if i > 0 {
				before = tokens[i-1].Type
			}
			if texts == 0 && before != hclsyntax.TokenOBrace && before != hclsyntax.TokenNewline && before != hclsyntax.TokenComment {
				count = i + 1
			}
		}
	}
	return count, len(tokens)
}

// wrongInExpression is tooDeep for the text of a single expression, "" for nothing wrong.
func wrongInExpression(src []byte) string {
	tokens, _ := hclsyntax.LexExpression(src, "", hcl.InitialPos)
	_, detail := tooDeepTokens(tokens, false)
	return detail
}

// nesting is how deep the parser may be in a text: the brackets, quotes and templates that are open, and for each of them the
// operators since the last comma, or the last end of a line where that ends an expression.
type nesting struct {
	open  []opening
	depth int // all that is in open, with their operators and templates

	text, joined int // bytes of the text so far, and what it takes to put them together; see maxJoined
}

// opening is a bracket or a quote that is open, or the text itself.
type opening struct {
	opened hclsyntax.TokenType // 0 for the text itself
	lines  bool                // a line's end ends an expression
	self   int                 // 1 when it is no bracket, which is among the operators around it
	ops    int                 // operators and brackets in the expression so far
	ifs    int                 // %{ if } that are open
	fors   int                 // %{ for } that are open
}

// closes are the tokens that open what these close. One that closes nothing is left alone, as the parser does in its error.
var closes = map[hclsyntax.TokenType][]hclsyntax.TokenType{
	hclsyntax.TokenCParen:         {hclsyntax.TokenOParen},
	hclsyntax.TokenCBrack:         {hclsyntax.TokenOBrack},
	hclsyntax.TokenCBrace:         {hclsyntax.TokenOBrace},
	hclsyntax.TokenCQuote:         {hclsyntax.TokenOQuote},
	hclsyntax.TokenCHeredoc:       {hclsyntax.TokenOHeredoc},
	hclsyntax.TokenTemplateSeqEnd: {hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl},
}

// operators make what is on one side of them a level deeper.
var operators = map[hclsyntax.TokenType]bool{
	hclsyntax.TokenStar: true, hclsyntax.TokenSlash: true, hclsyntax.TokenPlus: true, hclsyntax.TokenMinus: true,
	hclsyntax.TokenPercent: true, hclsyntax.TokenEqualOp: true, hclsyntax.TokenNotEqual: true, hclsyntax.TokenLessThan: true,
	hclsyntax.TokenGreaterThan: true, hclsyntax.TokenLessThanEq: true, hclsyntax.TokenGreaterThanEq: true,
	hclsyntax.TokenAnd: true, hclsyntax.TokenOr: true, hclsyntax.TokenBang: true, hclsyntax.TokenQuestion: true,
}

// tooDeepTokens is tooDeep for tokens. lines tells whether the text has
// expressions that end with their line, as the body of a file has.
func tooDeepTokens(tokens hclsyntax.Tokens, lines bool) (at int, detail string) {
	n := nesting{open: []opening{{lines: lines}}}
	return n.addAll(tokens, len(tokens))
}

// addAll goes on by the first tokens of some, to the first place where it is too deep.
func (n *nesting) addAll(tokens hclsyntax.Tokens, count int) (at int, detail string) {
	for i, token := range tokens[:count] {
		n.add(token, tokens[i+1:])
		if token.Type == hclsyntax.TokenQuotedLit || token.Type == hclsyntax.TokenStringLit {
			n.text += len(token.Bytes)
			n.joined += n.text
		} else {
			n.text, n.joined = 0, 0
		}
		switch {
		case n.joined > maxJoined:
			return token.Range.Start.Byte, tooManyPieces
		case token.Type == hclsyntax.TokenNumberLit && vastText().Match(token.Bytes):
			return token.Range.Start.Byte, vastLiteral
		case n.depth > maxDepth:
			return token.Range.Start.Byte, nestedTooDeep
		case token.Type == hclsyntax.TokenNumberLit && len(token.Bytes) > maxDigits:
			return token.Range.Start.Byte, tooManyDigits
		}
	}
	return -1, ""
}

// add goes on by one token.
func (n *nesting) add(token hclsyntax.Token, rest hclsyntax.Tokens) {
	top := &n.open[len(n.open)-1]
	switch token.Type {
	case hclsyntax.TokenOParen, hclsyntax.TokenOBrack, hclsyntax.TokenOBrace:
		top.ops++ // which stays when it is closed: a[b][c] and f(x)[y] nest, too
		n.depth++
		lines := token.Type == hclsyntax.TokenOBrace && !startsWithFor(rest)
		n.open = append(n.open, opening{opened: token.Type, lines: lines})
	case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp:
		n.depth++
		n.open = append(n.open, opening{opened: token.Type, self: 1})
	case hclsyntax.TokenTemplateControl:
		n.control(top, rest)
		n.depth++
		n.open = append(n.open, opening{opened: token.Type, self: 1})
	case hclsyntax.TokenComma:
		n.endExpression(top)
	case hclsyntax.TokenNewline:
		if top.lines {
			n.endExpression(top)
		}
	case hclsyntax.TokenComment:
		if top.lines && bytes.HasSuffix(token.Bytes, []byte("\n")) {
			n.endExpression(top)
		}
	default:
		for _, opened := range closes[token.Type] {
			if opened == top.opened {
				n.depth -= top.self + top.ops + top.ifs + top.fors
				n.open = n.open[:len(n.open)-1]
				break
			}
		}
		if operators[token.Type] {
			top.ops++
			n.depth++
		}
	}
}

func (n *nesting) endExpression(top *opening) {
	n.depth -= top.ops
	top.ops = 0
}

// control is for %{ if … }, which opens what %{ endif } closes, and so for.
func (n *nesting) control(top *opening, rest hclsyntax.Tokens) {
	if len(rest) == 0 || rest[0].Type != hclsyntax.TokenIdent {
		return
	}
	before := top.ifs + top.fors
	switch string(rest[0].Bytes) {
	case "if":
		top.ifs++
	case "for":
		top.fors++
	case "endif":
		top.ifs = max(top.ifs-1, 0)
	case "endfor":
		top.fors = max(top.fors-1, 0)
	}
	n.depth += top.ifs + top.fors - before
}

// startsWithFor tells whether what is in a brace is a for expression, in which the ends of lines mean nothing.
func startsWithFor(tokens hclsyntax.Tokens) bool {
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenComment:
			continue
		}
		return token.Type == hclsyntax.TokenIdent && string(token.Bytes) == "for"
	}
	return false
}

// isFlat tells of most files without cutting them into tokens that they are not nested deep: of those without templates, heredocs,
// long comments and brackets over several lines. It may be false for others.
func isFlat(src []byte) bool {
	for _, hard := range []string{"<<", "/*", "${", "%{"} {
		if bytes.Contains(src, []byte(hard)) {
			return false
		}
	}
	braces, others, signs := 0, 0, 0 // open braces, other open brackets; signs in the line that could nest
	var number number
	for i := 0; i < len(src); i++ {
		c := src[i]
		number.add(c)
		switch c {
		case '\n':
			signs = 0
			if others != 0 {
				return false
			}
		case '#':
			i = endOfLine(src, i) - 1
		case '/':
			if i+1 < len(src) && src[i+1] == '/' {
				i = endOfLine(src, i) - 1
			}
			signs++
		case '"':
			pieces := 0
			for i++; i < len(src) && src[i] != '"'; i++ {
				switch src[i] {
				case '\\':
					i++
				case '%', '$':
					if pieces++; pieces > maxDepth {
						return false
					}
				}
				if i < len(src) && src[i] == '\n' {
					return false
				}
			}
		case '{':
			braces++
			signs++
			if next := bytes.TrimLeft(src[i+1:min(i+100, len(src))], " \t\r\n"); len(next) < 4 || bytes.HasPrefix(next, []byte("for")) || next[0] == '#' || next[0] == '/' {
				return false // it may be a for expression, in which the ends of lines mean nothing
			}
		case '(', '[':
			others++
			signs++
		case '}':
			braces--
		case ')', ']':
			others--
		case '-', '!', '+', '*', '%', '&', '|', '=', '<', '>', '?':
			signs++
		}
		if braces < 0 || others < 0 || braces+signs > maxDepth/2 || number.wrong() != "" {
			return false
		}
	}
	return true
}

// endOfLine is where the line ends that src[i] is in.
func endOfLine(src []byte, i int) int {
	if n := bytes.IndexByte(src[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(src)
}

// tooDeepJSON is tooDeep for JSON. Strings end where HCL's parser has them end, and may be templates.
func tooDeepJSON(src []byte) (at int, detail string) {
	var open []byte
	var number number
	for i := 0; i < len(src); i++ {
		c := src[i]
		number.add(c)
		switch c {
		case '[', '{':
			open = append(open, c)
		case ']', '}':
			if n := len(open); n > 0 && open[n-1] == c-2 {
				open = open[:n-1]
			}
		case '"':
			end := endOfJSONString(src, i)
			if detail := wrongInJSONString(src[i:min(end+1, len(src))]); detail != "" {
				return i, detail
			}
			i = end
		}
		switch {
		case len(open) > maxDepth:
			return i, nestedTooDeep
		case number.wrong() != "":
			return i, number.wrong()
		}
	}
	return -1, ""
}

// number follows a text, byte by byte, through what may be a number.
type number struct {
	digits   int  // in a row, of the exponent without zeros before
	exponent bool // they are behind an e
}

func (n *number) add(c byte) {
	switch {
	case n.exponent && n.digits == 0 && (c == '0' || c == '+' || c == '-'):
	case c >= '0' && c <= '9', c == '.' && n.digits > 0 && !n.exponent:
		n.digits++
	case (c == 'e' || c == 'E') && n.digits > 0 && !n.exponent:
		*n = number{exponent: true}
	default:
		*n = number{}
	}
}

// wrong says what is wrong with the number so far, "" for nothing.
func (n *number) wrong() string {
	switch {
	case n.exponent && n.digits >= 4:
		return vastLiteral
	case n.digits > maxDigits:
		return tooManyDigits
	}
	return ""
}

// wrongInJSONString is tooDeep for a string in its quotes, which is a template. "" stands for nothing wrong.
func wrongInJSONString(quoted []byte) string {
	if !bytes.ContainsAny(quoted, "{\\%$") {
		return ""
	}
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return "" // the parser says what is wrong with it
	}
	if !strings.Contains(text, "${") && !strings.Contains(text, "%{") && strings.Count(text, "%")+strings.Count(text, "$")+strings.Count(text, "\n") <= maxDepth {
		return ""
	}
	tokens, _ := hclsyntax.LexTemplate([]byte(text), "", hcl.InitialPos)
	_, detail := tooDeepTokens(tokens, false)
	return detail
}

// endOfJSONString is the last byte of the string that starts at src[i].
func endOfJSONString(src []byte, i int) int {
	for i++; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\\':
			i++
		case c == '"':
			return i
		case c < ' ':
			return i - 1
		}
	}
	return i
}

// tokensOf is a number that is at least how many tokens a text has.
func tokensOf(src []byte) int {
	n := 1
	for line := range bytes.Lines(src) {
		text := bytes.TrimLeft(line, " \t")
		comment := bytes.HasPrefix(text, []byte("#")) || bytes.HasPrefix(text, []byte("//"))
		if comment && !bytes.Contains(text, []byte("${")) && !bytes.Contains(text, []byte("%{")) { // it may be text, but no more than one token
			n += 2
			continue
		}
		word := false
		for _, c := range line {
			letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
			if !letter && c != ' ' && c != '\t' || letter && !word {
				n++
			}
			word = letter
		}
	}
	return n
}

// tooManyTokens tells that the files of a spec have more in them than is parsed.
func tooManyTokens() string {
	return fmt.Sprintf("The spec has more than %d words and signs up to the end of this file. Volumes that are alike are declared by one block with for_each.", maxTokens)
}
