package schema

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// NoSuch completes the clause of an error that says that a name does not exist: `the cluster has no member "n3"`. It goes on
// with the names that were probably meant, `; did you mean "n1" or "n2"?`, or else with those that exist, `, only "a" and "b"`.
func NoSuch(clause, name string, names []string) string {
	if near := Suggest(name, names); len(near) > 0 {
		return clause + "; did you mean " + QuotedList(near, "or") + "?"
	}
	return clause + existing(names)
}

// NoSuchSentence is NoSuch for the detail of a diagnostic: whole sentences. The sentence that it is given has no full stop.
func NoSuchSentence(sentence, name string, names []string) string {
	if near := Suggest(name, names); len(near) > 0 {
		return sentence + ". Did you mean " + QuotedList(near, "or") + "?"
	}
	return sentence + existing(names) + "."
}

// NoSuchKey is NoSuchSentence for a config key. It suggests only keys that an author may set, and lists none: they are many.
func NoSuchKey(sentence, key string, keys []Key) string {
	var names []string
	for _, k := range keys {
		if !k.ServerOnly {
			names = append(names, k.Name)
		}
	}
	if len(Suggest(key, names)) == 0 {
		return sentence + ". Keys of your own start with \"user.\"."
	}
	return NoSuchSentence(sentence, key, names)
}

func existing(names []string) string {
	if len(names) == 0 {
		return ", and there are no others"
	}
	return ", only " + QuotedList(names, "and")
}

// A list of up to maxListed names is written in full, and of a longer one the first fewListed.
const (
	maxListed = 16
	fewListed = 6
)

// QuotedList joins names for a sentence: "a", "b" and "c". Of many names it gives the first ones and the number of the others.
func QuotedList(names []string, conjunction string) string {
	quoted := make([]string, 0, min(len(names), maxListed))
	for i, name := range names {
		if i == fewListed && len(names) > maxListed {
			quoted = append(quoted, fmt.Sprintf("%d more", len(names)-i))
			break
		}
		quoted = append(quoted, Quoted(name))
	}
	return joined(quoted, conjunction)
}

// joined joins words for a sentence: a, b or c.
func joined(words []string, conjunction string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " " + conjunction + " " + words[last]
}

// maxSuggested is how many names can be meant equally well before none of them is worth naming.
const maxSuggested = 3

// Suggest finds the candidates that somebody probably meant by word: the same in another case, then one that shares its last
// parts with word (blocksize: zfs.blocksize, volume.size: size), then the one with the fewest mistakes, up to a third of its
// letters. Where several are equally near these are given, in their order, unless they are more than three.
func Suggest(word string, candidates []string) []string {
	var nearest []string
	least := 0
	word = strings.ToLower(word)
	for _, candidate := range candidates {
		distance, near := mistakes(word, strings.ToLower(candidate))
		switch {
		case !near || len(nearest) > 0 && distance > least:
		case len(nearest) > 0 && distance == least:
			nearest = append(nearest, candidate)
		default:
			nearest, least = []string{candidate}, distance
		}
	}
	if len(nearest) > maxSuggested {
		return nil
	}
	return nearest
}

// mistakes is how far word is from a candidate, the smaller the nearer, and whether that is near at all.
func mistakes(word, candidate string) (int, bool) {
	switch {
	case Look(word) == Look(candidate):
		return -2, true
	case word == "" || candidate == "":
		return 0, false
	case strings.HasSuffix(candidate, "."+word) || strings.HasSuffix(word, "."+candidate):
		return -1, true
	case swapped(word, candidate):
		return 1, true
	}
	distance := levenshtein.Distance(word, candidate, nil)
	return distance, distance <= max(1, len(candidate)/3) && distance < len(candidate)
}

// swapped reports whether two neighbours that changed places are all the difference.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}
