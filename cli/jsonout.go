package cli

import (
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"
)

// jsonOut writes JSON with everything that a terminal would obey, or not show, as an escape sequence: what programs read stays the
// same, and nobody who names something on a server writes on the screen of who looks at the JSON. The library does so with a part of
// these characters only. A text goes through one Write whole, as encoders write it.
type jsonOut struct{ to io.Writer }

func (w jsonOut) Write(text []byte) (int, error) {
	if _, err := w.to.Write(escapedJSON(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}

func escapedJSON(text []byte) []byte {
	var out []byte // nil as long as nothing differs
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		odd := (r == 0x7f || r > 0x7f && !unicode.IsPrint(r)) // below, the encoder has done it
		if odd && out == nil {
			out = append(make([]byte, 0, len(text)+64), text[:i]...)
		}
		switch {
		case !odd && out == nil:
		case !odd:
			out = append(out, text[i:i+size]...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	if out == nil {
		return text
	}
	return out
}
