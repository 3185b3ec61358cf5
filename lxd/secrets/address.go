package secrets

import "strings"

// Address is the address of a server, or what was meant as one, without what may be a secret in it: user and password, the query, or all
// of a token that makes a server trust its bearer. What is no address stays as it is.
func Address(text string) string {
	const tokens = "eyJ" // a JSON object in base64
	if strings.HasPrefix(text, tokens) && len(text) > 40 {
		return Hidden
	}
	scheme, rest, isURL := strings.Cut(text, "//")
	if isURL {
		scheme += "//"
	} else {
		scheme, rest = "", text
	}
	user := ""
	if at := strings.LastIndex(rest, "@"); at >= 0 && (isURL || strings.Contains(rest[:at], ":")) { // a password may have an @ and a ? too
		user, rest = Hidden, rest[at:]
	}
	if host, _, query := strings.Cut(rest, "?"); query {
		rest = host + "?" + Hidden
	}
	return scheme + user + rest
}
