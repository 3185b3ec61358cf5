package plan

import (
	"github.com/fatih/color"
)

// paint colours the parts of a plan's text. Without colour it does nothing; no colour says anything that the text does not.
type paint struct {
	create, patch, rename, remove, destroy, faint, bold *color.Color
}

func newPaint(colour bool) paint {
	style := func(attributes ...color.Attribute) *color.Color {
		c := color.New(attributes...)
		if colour {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c
	}
	return paint{
		create:  style(color.FgGreen),
		patch:   style(color.FgYellow),
		rename:  style(color.FgCyan),
		remove:  style(color.FgRed),
		destroy: style(color.FgRed, color.Bold),
		faint:   style(color.Faint),
		bold:    style(color.Bold),
	}
}

// of is the sign and the colour of an action.
func (p paint) of(action Action) (sign string, c *color.Color) {
	switch action.verb() {
	case "create":
		return "+", p.create
	case "patch":
		return "~", p.patch
	case "rename", "move", "migrate":
		return ">", p.rename
	}
	return "-", p.remove
}
