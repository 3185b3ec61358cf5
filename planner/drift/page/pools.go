package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tarn/lxd/schema"
	"tarn/planner/drift"
	"tarn/planner/plan"
)

// poolView is how full a pool is.
type poolView struct {
	Name        string
	Used, Total string
	Share       string // 63%, "" when the server does not tell
	Width       string // of the bar, of 100
	Class       string // how much of a worry that is
	Warning     string // the same in words, "" for none
	Curve       *curve // nil for fewer than two levels
}

// How full a pool is to be looked at, and to be seen to at once, in percent.
const (
	fairlyFull = 80
	nearlyFull = 90
)

func newPool(f *drift.Fullness, clock clock) poolView {
	name := plan.Plain(f.Pool)
	if f.Member != "" {
		name += " on " + plan.Plain(f.Member)
	}
	v := poolView{Name: name, Used: size(f.Used), Total: size(f.Total), Curve: newCurve(f, clock)}
	share, ok := shareOf(f.Used, f.Total)
	if !ok {
		return v
	}
	v.Share, v.Width, v.Class = percent(share), decimal(min(share, 100)), "calm"
	switch {
	case share >= nearlyFull:
		v.Class, v.Warning = "full", "nearly full"
	case share >= fairlyFull:
		v.Class, v.Warning = "filling", "filling up"
	}
	return v
}

// shareOf is how much of a total is used, in percent; ok is false when nobody knows.
func shareOf(used, total int64) (share float64, ok bool) {
	if used < 0 || total <= 0 {
		return 0, false
	}
	return 100 * float64(used) / float64(total), true
}

func size(bytes int64) string {
	if bytes < 0 {
		return "not told"
	}
	return schema.FormatSize(bytes)
}

// percent rounds down: what is not full is never 100%.
func percent(share float64) string {
	if share > 0 && share < 1 {
		return "under 1%"
	}
	return strconv.Itoa(int(share)) + "%"
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// curve is how full a pool was over time, drawn and in words.
type curve struct {
	Line, Area string // paths
	X, Y       string // of the last level
	Words      string
}

// The size of a curve's picture. A line of some width at its edges is still within it.
const (
	curveWidth, curveHeight = 240, 48
	curveEdge               = 3
)

// point is a level as it is drawn.
type point struct {
	at    time.Time
	share float64 // percent
}

// newCurve draws the levels of which the share is known. Of others nothing can be drawn that could be compared.
func newCurve(f *drift.Fullness, clock clock) *curve {
	var points []point
	for _, level := range f.Curve {
		if share, ok := shareOf(level.Used, level.Total); ok {
			points = append(points, point{level.At, share})
		}
	}
	if share, ok := shareOf(f.Used, f.Total); ok && len(points) > 0 && points[len(points)-1].at.Before(clock.now) {
		points = append(points, point{clock.now, share})
	}
	if len(points) < 2 {
		return nil
	}
	first, last := points[0], points[len(points)-1]
	low, high := first, first
	span := last.at.Sub(first.at).Seconds()
	var line strings.Builder
	c := &curve{}
	for i, p := range points {
		if p.share < low.share {
			low = p
		}
		if p.share > high.share {
			high = p
		}
		x := float64(i) / float64(len(points)-1)
		if span > 0 {
			x = p.at.Sub(first.at).Seconds() / span
		}
		x = curveEdge + min(max(x, 0), 1)*(curveWidth-2*curveEdge)
		y := curveEdge + (1-min(max(p.share, 0), 100)/100)*(curveHeight-2*curveEdge)
		c.X, c.Y = decimal(x), decimal(y)
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		line.WriteString(letter + c.X + " " + c.Y)
	}
	c.Line = line.String()
	c.Area = fmt.Sprintf("%sL%s %dL%d %dZ", c.Line, c.X, curveHeight-curveEdge, curveEdge, curveHeight-curveEdge)
	day := func(p point) string { return clock.stamp(p.at).Day }
	c.Words = fmt.Sprintf("From %s on %s to %s on %s", percent(first.share), day(first), percent(last.share), day(last))
	if percent(low.share) == percent(high.share) {
		c.Words = fmt.Sprintf("%s all the time since %s", percent(first.share), day(first))
	}
	between := func(p point) bool {
		return percent(p.share) != percent(first.share) && percent(p.share) != percent(last.share)
	}
	if between(low) {
		c.Words += fmt.Sprintf(", lowest %s on %s", percent(low.share), day(low))
	}
	if between(high) {
		c.Words += fmt.Sprintf(", highest %s on %s", percent(high.share), day(high))
	}
	return c
}
