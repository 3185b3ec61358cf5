package page

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestPalette holds each colour of a text to stand out from each colour that may be behind it: at least 4.5 to 1, as WCAG 2 has it.
func TestPalette(t *testing.T) {
	dark := mediaStyle[:strings.Index(mediaStyle, "@media screen and (max-width")]
	paper := mediaStyle[strings.Index(mediaStyle, "@media print"):]
	light := palette(t, plainStyle, nil)
	for name, colours := range map[string]map[string]string{"light": light, "dark": palette(t, dark, light), "print": palette(t, paper, light)} {
		for _, pair := range []string{
			"text back", "dim back", "green back", "amber back", "red back", "link back",
			"text card", "dim card", "green card", "amber card", "red card", "blue card", "violet card", "link card",
			"text was", "dim was", "text is", "dim is", "text code",
		} {
			front, behind, _ := strings.Cut(pair, " ")
			if ratio := ratio(colours[front], colours[behind]); ratio < 4.5 {
				t.Errorf("%s: %s is %.2f to 1", name, pair, ratio)
			}
		}
	}
	if len(light) != 14 {
		t.Errorf("there are %d colours: are there pairs for the new ones?", len(light))
	}
	for _, rule := range regexp.MustCompile(`[{;](color|background|fill|stroke):([^;}]*)`).FindAllStringSubmatch(plainStyle, -1) {
		if !strings.HasPrefix(rule[2], "var(--") {
			t.Errorf("%s:%s is not of the palette, and would be the same in the dark", rule[1], rule[2])
		}
	}
}

// palette reads colours from a style; what that leaves out is as it was before.
func palette(t *testing.T, css string, before map[string]string) map[string]string {
	colours := map[string]string{}
	for name, colour := range before {
		colours[name] = colour
	}
	found := regexp.MustCompile(`--(\w+):(#\w+)`).FindAllStringSubmatch(css, -1)
	if len(found) < 8 {
		t.Fatalf("there are %d colours in %.100s", len(found), css)
	}
	for _, match := range found {
		colours[match[1]] = match[2]
	}
	return colours
}

func ratio(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is the relative luminance of a colour such as #fff or #1b2126.
func luminance(colour string) float64 {
	digits := colour[1:]
	if len(digits) == 3 {
		digits = fmt.Sprintf("%c%[1]c%c%[2]c%c%[3]c", digits[0], digits[1], digits[2])
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		if err != nil {
			panic(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestRatio(t *testing.T) {
	for pair, want := range map[[2]string]string{{"#000", "#fff"}: "21.00", {"#777777", "#ffffff"}: "4.48", {"#f00", "#fff"}: "4.00"} {
		if is := fmt.Sprintf("%.2f", ratio(pair[0], pair[1])); is != want {
			t.Errorf("%v is %s to 1, want %s", pair, is, want)
		}
	}
}
