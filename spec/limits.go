package spec

import (
	"fmt"

	"tarn/cli/readfile"
)

// Limit is one of the limits that keep a spec from taking more than the machine has.
type Limit struct{ Of, At string }

// Limits are the limits on a spec, as they are told to people. Only those of time and memory depend on LimitVariable.
func Limits() []Limit {
	return []Limit{
		{"processor time", fmt.Sprintf("%v, and %v for each MiB of source and %v for each 1000 pools and volumes", baseTime, timePerMiB, 1000*timePerObject)},
		{"memory", fmt.Sprintf("%d MiB, or more for much source and many volumes", baseMemory>>20)},
		{"a file", fmt.Sprintf("%d MiB", readfile.Spec>>20)},
		{"all files together", fmt.Sprintf("%d words and signs", maxTokens)},
		{"pools and volumes", fmt.Sprint(maxObjects)},
		{"nesting", fmt.Sprintf("%d deep: brackets, operators, templates, values", maxDepth)},
		{"a number", fmt.Sprintf("%d digits, and between 10^-308 and 10^308", maxDigits)},
		{"a value", fmt.Sprintf("%d elements, with those in its elements", maxElements)},
		{"a text", fmt.Sprintf("%d MiB, and %d MiB for all that one expression refers to", maxText>>20, maxReferred>>20)},
		{"range", fmt.Sprintf("%d numbers", maxRange)},
		{"setproduct", fmt.Sprintf("%d elements", maxObjects)},
		{"split, regexall, jsondecode", fmt.Sprintf("%d parts", maxParts)},
		{"csvdecode", fmt.Sprintf("%d fields, %d columns", maxParts, maxColumns)},
		{"a regular expression", fmt.Sprintf("%d bytes", maxPattern)},
		{"format, indent", fmt.Sprintf("a width of %d", maxWidth)},
		{"trim", fmt.Sprintf("%d bytes of characters to take away", maxTrimmed)},
	}
}
