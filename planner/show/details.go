package show

import (
	"fmt"
	"io"
	"strings"
	"time"

	"tarn/cli/lines"
	"tarn/cli/paint"
	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner"
	"tarn/planner/plan"
)

// fact is one line about an object: a word, and what there is to say of it.
type fact struct{ word, text string }

func (p *Pool) write(out io.Writer, opts TextOptions, hasSpec bool) {
	facts := []fact{{"driver", plan.Plain(p.Driver)}, {"status", p.status()}}
	if p.Description != "" {
		facts = append(facts, fact{"description", schema.Quoted(p.Description)})
	}
	if len(p.Members) > 0 {
		var names []string
		for _, name := range p.Members {
			names = append(names, plan.Plain(name))
		}
		facts = append(facts, fact{"members", strings.Join(names, ", ")})
	}
	for _, side := range p.Sides {
		word, text := "space", "not known"
		if side.Member != "" {
			word = "space on " + plan.Plain(side.Member)
		}
		if side.Space != nil {
			text = side.bar() + ", " + schema.FormatSize(side.Space.Used) + " used"
		}
		facts = append(facts, fact{word, text})
	}
	facts = append(facts, fact{"volumes", fmt.Sprintf("%d custom %s", p.Volumes, plan.Plural(p.Volumes, "volume"))})
	facts = append(facts, p.common(p.Users, hasSpec)...)
	writeObject(out, opts, "pool "+plan.Plain(p.Name), facts, p.Object)
}

func (p *Pool) status() string {
	if p.Status == lxd.StatusCreated || p.Status == "" {
		return plan.Plain(p.Status)
	}
	return plan.Plain(p.Status) + ", so that it needs repair"
}

func (v *Volume) write(out io.Writer, opts TextOptions, hasSpec bool) {
	facts := []fact{{"project", plan.Plain(v.ID.Project)}}
	if v.ID.Member != "" {
		facts = append(facts, fact{"member", plan.Plain(v.ID.Member)})
	}
	facts = append(facts, fact{"content type", plan.Plain(v.ContentType)})
	if v.Description != "" {
		facts = append(facts, fact{"description", schema.Quoted(v.Description)})
	}
	facts = append(facts, fact{"size", v.size()})
	if !v.Created.IsZero() {
		facts = append(facts, fact{"created", moment(v.Created)})
	}
	facts = append(facts, fact{"snapshots", v.history()}, fact{"backups", listed(v.Backups)})
	facts = append(facts, v.common(v.Users, hasSpec)...)
	writeObject(out, opts, "volume "+plan.VolumeName(v.ID), facts, v.Object)
}

// size is how large a volume is, and how full.
func (v *Volume) size() string {
	text := "no limit of its own"
	if v.Size != "" {
		text = lxd.PlainLine(v.Size)
	}
	if v.Used == nil {
		return text + ", the server does not tell how full it is"
	}
	text += ", " + schema.FormatSize(*v.Used) + " used"
	if total, err := schema.ParseSize(v.Size); err == nil && total > 0 {
		text = (Side{Space: &lxd.Space{Used: *v.Used, Total: total}}).bar() + ", " + schema.FormatSize(*v.Used) + " used"
	}
	return text
}

// history lists snapshots with what is known of each.
func (v *Volume) history() string {
	if len(v.History) == 0 {
		return "none"
	}
	var names []string
	for _, snapshot := range v.History {
		text := plan.Plain(snapshot.Name)
		var about []string
		if !snapshot.CreatedAt.IsZero() {
			about = append(about, moment(snapshot.CreatedAt))
		}
		if !snapshot.ExpiresAt.IsZero() {
			about = append(about, "until "+moment(snapshot.ExpiresAt))
		}
		if len(about) > 0 {
			text += " (" + strings.Join(about, ", ") + ")"
		}
		names = append(names, text)
	}
	return fmt.Sprintf("%d: %s", len(names), strings.Join(names, ", "))
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	var plain []string
	for _, name := range names {
		plain = append(plain, plan.Plain(name))
	}
	return fmt.Sprintf("%d: %s", len(names), strings.Join(plain, ", "))
}

// moment is a time for people.
func moment(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }

// common are the facts that pools and volumes have in common.
func (o *Object) common(users []plan.User, hasSpec bool) []fact {
	usedBy := "nothing"
	if len(users) > 0 {
		var words []string
		for _, user := range users {
			words = append(words, user.String())
		}
		usedBy = strings.Join(words, ", ")
	}
	facts := []fact{{"used by", usedBy}}
	switch {
	case o.IsCopy:
		facts = append(facts, fact{"owner", "nobody: it is a copy of what " + plan.Plain(o.Owner) + " owns"})
	case o.Owner != "":
		facts = append(facts, fact{"owner", plan.Plain(o.Owner)})
	}
	if o.Protected {
		facts = append(facts, fact{"protected", "by prevent_delete: no plan deletes it"})
	}
	if hasSpec {
		facts = append(facts, fact{"in the spec", o.declared()})
	}
	return facts
}

// declared says how the spec declares an object.
func (o *Object) declared() string {
	d := o.Declaration
	if d == nil {
		return "no"
	}
	text := fmt.Sprintf("%s at %s:%d", lxd.PlainLine(d.Address), lxd.PlainLine(d.Place.Filename), d.Place.Start.Line)
	switch {
	case d.Absent:
		text += ", as absent: it is to be deleted"
	case d.Becomes != (lxd.VolumeID{}):
		text += ": it becomes " + plan.VolumeName(d.Becomes)
	case d.Existing:
		text += ", as existing"
	}
	return text
}

func writeObject(out io.Writer, opts TextOptions, title string, facts []fact, object Object) {
	fmt.Fprintln(out, lines.Wrap(opts.Painter.Paint(paint.Strong, opts.text(title)), "", "  ", opts.Width))
	widest := 0
	for _, f := range facts {
		widest = max(widest, lines.Width(opts.text(f.word)))
	}
	if opts.Width > 0 {
		widest = min(widest, opts.Width/3)
	}
	for _, f := range facts {
		fmt.Fprintln(out, lines.Wrap(lines.Fill(lines.Keep(opts.text(f.word)), widest)+"  "+opts.text(f.text), "  ", strings.Repeat(" ", widest+4), opts.Width))
	}
	switch {
	case object.Hidden:
		fmt.Fprintln(out, opts.prose("The server does not show the config to this client.", "  "))
	case len(object.Settings) == 0:
		fmt.Fprintln(out, "\n  No config.")
	default:
		writeSettings(out, opts, object)
	}
}

// writeSettings writes the config: key, value, and where it comes from.
func writeSettings(out io.Writer, opts TextOptions, object Object) {
	const most = 40 // columns that values are aligned to; a longer one has what follows further to the right
	rows := [][3]string{{"CONFIG", "VALUE", "FROM"}}
	for _, setting := range object.Settings {
		key := plan.Plain(setting.Key)
		if setting.Member != "" {
			key += " on " + plan.Plain(setting.Member)
		}
		rows = append(rows, [3]string{opts.text(key), opts.text(plan.Shown(setting.Value, setting.Secret)), opts.text(from(setting, object.Declaration))})
	}
	var widths [2]int
	for i := range widths {
		for _, row := range rows {
			if width := lines.Width(row[i]); width <= most || i == 0 {
				widths[i] = max(widths[i], width)
			}
		}
	}
	fmt.Fprintln(out)
	for i, row := range rows {
		key, value, from := row[0], row[1], row[2]
		aligned := lines.Fill(key, widths[0]) + "  " + lines.Fill(value, widths[1]) + "  "
		text := aligned + from
		switch {
		case opts.Width == 0 || 2+lines.Width(text) <= opts.Width:
			text = "  " + text
		case i == 0:
			text = "  " + strings.Join(row[:], "  ")
		case lines.Width(aligned)+22 > opts.Width:
			text = lines.Wrap(lines.Keep(key)+"\n"+lines.Keep(value)+"\n"+from, "  ", "      ", opts.Width)
		default:
			text = lines.Wrap(lines.Keep(aligned)+from, "  ", strings.Repeat(" ", 2+widths[0]+2+widths[1]+2), opts.Width)
		}
		if i == 0 {
			text = opts.Painter.Paint(paint.Strong, text)
		}
		fmt.Fprintln(out, text)
	}
}

// from says where a value comes from.
func from(s planner.Setting, d *planner.Declaration) string {
	switch s.From {
	case planner.FromSpec:
		return "the spec"
	case planner.Differs, planner.Lacks:
		return "the spec says " + plan.Shown(s.Wanted, s.Secret)
	case planner.FromPool:
		return "the pool's " + s.PoolKey
	case planner.FromEarlier:
		return fmt.Sprintf("an earlier %s of the pool, or whoever set it; now that is %s", s.PoolKey, plan.Shown(&s.PoolValue, s.Secret))
	case planner.FromServer:
		return "the server"
	case planner.FromMaker:
		return "the server, or whoever created it"
	case planner.FromTarn:
		return "a mark of tarn"
	case planner.Ignored:
		return "left alone: the spec's ignore_config has it"
	case planner.UnknownKey:
		return "left alone: tarn does not know the key"
	}
	if d != nil && !d.Existing && !d.Absent {
		return "not in the spec: a plan takes it away"
	}
	return "whoever set it"
}
