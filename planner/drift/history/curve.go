package history

import (
	"cmp"
	"slices"
	"time"

	"tarn/planner/drift"
)

// curve is how full a pool was over time. However many levels go in, it holds few: it divides the time into equal parts, and of each part keeps
// the lowest and the highest level, so that no peak is lost.
type curve struct {
	parts       map[int64]part // by how many widths they are after 1970
	width       int64          // of a part in seconds
	first, last drift.Level
}

// part are the levels of a part of the time.
type part struct{ low, high drift.Level }

const (
	maxParts   = 48 // two levels of each, with the first and the last one of all, are less than a hundred
	firstWidth = 60 // seconds
)

func (c *curve) add(l drift.Level) {
	if c.parts == nil {
		c.parts, c.width = map[int64]part{}, firstWidth
		c.first, c.last = l, l
	}
	if l.At.Before(c.first.At) {
		c.first = l
	}
	if !l.At.Before(c.last.At) {
		c.last = l
	}
	c.put(part{l, l})
	for len(c.parts) > maxParts {
		parts := c.parts
		c.parts, c.width = map[int64]part{}, 2*c.width
		for _, p := range parts {
			c.put(p)
		}
	}
}

// put joins what is in one part of the time.
func (c *curve) put(p part) {
	number := p.low.At.Unix() / c.width
	if there, ok := c.parts[number]; ok {
		p.low, p.high = lower(there.low, p.low), higher(there.high, p.high)
	}
	c.parts[number] = p
}

// lower is the lower one of two levels, and of two that are as high the earlier one.
func lower(a, b drift.Level) drift.Level {
	if b.Used < a.Used || b.Used == a.Used && b.At.Before(a.At) {
		return b
	}
	return a
}

// higher is the higher one, and of two that are as high the earlier one.
func higher(a, b drift.Level) drift.Level {
	if b.Used > a.Used || b.Used == a.Used && b.At.Before(a.At) {
		return b
	}
	return a
}

// until are the levels in the order of time, without those after now: a clock was wrong then.
func (c *curve) until(now time.Time) []drift.Level {
	levels := []drift.Level{c.first, c.last}
	for _, p := range c.parts {
		levels = append(levels, p.low, p.high)
	}
	levels = slices.DeleteFunc(levels, func(l drift.Level) bool { return l.At.After(now) })
	slices.SortFunc(levels, func(a, b drift.Level) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Used, b.Used)) })
	return slices.CompactFunc(levels, func(a, b drift.Level) bool { return a.At.Equal(b.At) })
}
