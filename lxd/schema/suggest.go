package schema

import (
	"strings"

	"github.com/agext/levenshtein"
)

// Suggest finds the candidate that somebody probably meant by word, for "did you mean": the same in another case, then one
// that shares its last parts with word (blocksize: zfs.blocksize, volume.size: size), then the one with the fewest mistakes,
// up to a third of its letters. Between equals the first candidate wins.
func Suggest(word string, candidates []string) (string, bool) {
	best, least := "", 0
	word = strings.ToLower(word)
	for _, candidate := range candidates {
		distance, near := mistakes(word, strings.ToLower(candidate))
		if near && (best == "" || distance < least) {
			best, least = candidate, distance
		}
	}
	return best, best != ""
}

// mistakes is how far word is from a candidate, the smaller the nearer, and whether that is near at all.
func mistakes(word, candidate string) (int, bool) {
	switch {
	case word == candidate:
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

// swapped tells whether two neighbours that changed places are all the difference.
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
