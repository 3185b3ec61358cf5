package write

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"tarn/cli/lazyregexp"
	"tarn/lxd/schema"
)

// numberedFamily is what a name has around its last number: web- for web-07. A name without one is a family of its own.
func numberedFamily(name string) string {
	if prefix, _, suffix, ok := numberIn(name); ok {
		return prefix + "#" + suffix
	}
	return "=" + name
}

// wordFamily is the word that a name begins with: web for web-07 and web-admin.
func wordFamily(name string) string {
	if i := strings.IndexAny(name, "-_. 0123456789"); i > 0 {
		return name[:i]
	}
	return name
}

var withNumber = lazyregexp.New(`^(.*?)([0-9]+)([^0-9]*)$`)

// numberIn takes a name apart at its last number; ok is false for one without any.
func numberIn(name string) (prefix, digits, suffix string, ok bool) {
	parts := withNumber().FindStringSubmatch(name)
	if parts == nil {
		return "", "", "", false
	}
	return parts[1], parts[2], parts[3], true
}

// name is what the group is called: as its volumes are, as far as their names are the same, or else for what they are.
func (g *group) name() string {
	common := g.volumes[0].Name
	for _, v := range g.volumes {
		for !strings.HasPrefix(v.Name, common) {
			_, size := utf8.DecodeLastRuneInString(common)
			common = common[:len(common)-size]
		}
	}
	if common != g.volumes[0].Name { // a word that is cut in its middle is no name
		if i := strings.LastIndexAny(common, "-_. "); i >= 0 && !isNumberAt(g.volumes, len(common)) {
			common = common[:i]
		} else if !isNumberAt(g.volumes, len(common)) {
			common = ""
		}
		common = strings.TrimRight(common, "0123456789")
	}
	if common = strings.Trim(slug(common), "-_."); len(common) > 1 && common != "unnamed" {
		return common
	}
	one := g.volumes[0]
	kind := map[string]string{schema.Block: "disks", schema.ISO: "images"}[one.ContentType]
	if kind == "" {
		kind = "volumes"
	}
	if size := one.Config["size"]; size.Text != "" && size.Variable == "" && !strings.Contains(" "+strings.Join(g.varying, " ")+" ", " size ") {
		kind += "-" + strings.ToLower(slug(size.Text))
	}
	return kind
}

// isNumberAt tells whether all names go on with a digit.
func isNumberAt(volumes []*Volume, at int) bool {
	for _, v := range volumes {
		if at >= len(v.Name) || v.Name[at] < '0' || v.Name[at] > '9' {
			return false
		}
	}
	return true
}

var digitsOrNot = lazyregexp.New(`[0-9]+|[^0-9]+`)

// naturally orders names as people do: web-9 before web-10.
func naturally(a, b string) int {
	x, y := digitsOrNot().FindAllString(a, -1), digitsOrNot().FindAllString(b, -1)
	for i := 0; i < len(x) && i < len(y); i++ {
		if x[i] == y[i] {
			continue
		}
		n, errN := strconv.ParseUint(x[i], 10, 64)
		m, errM := strconv.ParseUint(y[i], 10, 64)
		switch {
		case errN == nil && errM == nil && n < m:
			return -1
		case errN == nil && errM == nil && n > m:
			return 1
		default:
			return strings.Compare(a, b)
		}
	}
	return strings.Compare(a, b)
}
