package show

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tarn/cli/lines"
	"tarn/cli/paint"
	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// TextOptions are how an overview is worded.
type TextOptions struct {
	Painter paint.Painter
	Width   int  // in columns, 0 for a file or a pipe: each object is one line of aligned columns then, always the same ones
	ASCII   bool // no other characters: those of names and values are escaped
}

// text is a piece of the overview as it is written.
func (o TextOptions) text(s string) string {
	if o.ASCII {
		return lines.ASCII(s)
	}
	return s
}

// prose lays out sentences.
func (o TextOptions) prose(s, indent string) string {
	return lines.Wrap(lines.KeepQuoted(o.text(s)), indent, indent+"  ", o.Width)
}

// WriteText writes the overview for people.
func (o *Overview) WriteText(w io.Writer, opts TextOptions) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s\n", opts.prose(o.server(), ""))
	if o.Details {
		for i := range o.Pools {
			fmt.Fprintln(out)
			o.Pools[i].write(out, opts, o.HasSpec)
		}
		for i := range o.Volumes {
			fmt.Fprintln(out)
			o.Volumes[i].write(out, opts, o.HasSpec)
		}
	} else {
		o.writeTables(out, opts)
	}
	o.writeNotes(out, opts)
	return out.Flush()
}

// server is the line that says which server it is.
func (o *Overview) server() string {
	text := fmt.Sprintf("%s at %s", lxd.PlainLine(o.Server.Version), lxd.PlainLine(o.Server.Address))
	if o.Server.Remote != o.Server.Address {
		text = o.Server.Remote + ", " + text
	}
	if o.Project != "" {
		text += ", project " + plan.Plain(o.Project)
	}
	return text
}

func (o *Overview) writeTables(out *bufio.Writer, opts TextOptions) {
	for _, objects := range [][][]column{o.poolRows(opts), o.volumeRows(opts)} {
		if len(objects) > 0 {
			fmt.Fprintln(out)
			writeTable(out, kept(objects, opts), opts)
		}
	}
}

// writeNotes says what there is besides, and what was not found out.
func (o *Overview) writeNotes(out io.Writer, opts TextOptions) {
	var notes []string
	if !o.Details && len(o.Pools)+len(o.Volumes) == 0 {
		notes = append(notes, "Nothing is there.")
	}
	if o.UsageSkipped && opts.Width > 0 {
		notes = append(notes, fmt.Sprintf("How full %d volumes are was not asked, as that takes a request for each: --usage asks.", len(o.Volumes)))
	}
	if o.NotThere > 0 {
		verb := "are"
		if o.NotThere == 1 {
			verb = "is"
		}
		notes = append(notes, fmt.Sprintf("%d more %s of the spec %s not on the server: tarn plan shows what becomes of it.", o.NotThere, plan.Plural(o.NotThere, "object"), verb))
	}
	notes = append(notes, o.Warnings...)
	for i, note := range notes {
		if i == 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintln(out, opts.prose(note, ""))
	}
}

func (o *Overview) poolRows(opts TextOptions) [][]column {
	var objects [][]column
	for _, pool := range o.Pools {
		sides := pool.Sides
		if len(sides) == 0 {
			sides = []Side{{}}
		}
		for i, side := range sides {
			cells := []column{
				{head: "POOL", cell: plan.Plain(pool.Name)},
				{head: "DRIVER", cell: plan.Plain(pool.Driver)},
				{head: "STATUS", cell: plan.Plain(pool.Status)},
				{head: "MEMBER", cell: named(side.Member), dull: side.Member == ""},
			}
			if opts.Width > 0 {
				cells = append(cells, column{head: "SPACE", cell: side.bar()})
			} else {
				cells = append(cells, side.figures()...)
			}
			cells = append(cells,
				column{head: "VOLUMES", cell: strconv.Itoa(pool.Volumes)},
				column{head: "OWNER", cell: pool.ownedBy(), dull: pool.Owner == ""},
				column{head: "SPEC", cell: pool.inSpec(o.HasSpec), dull: !o.HasSpec},
				column{head: "USERS", cell: usersCell(pool.Users, opts), dull: len(pool.Users) == 0})
			if i > 0 && opts.Width > 0 { // what is said of the pool is said once
				cells[len(cells)-1].cell = ""
			}
			objects = append(objects, cells)
		}
	}
	return objects
}

func (o *Overview) volumeRows(opts TextOptions) [][]column {
	var objects [][]column
	for _, volume := range o.Volumes {
		snapshots := ""
		if volume.Snapshots != nil {
			snapshots = strconv.Itoa(*volume.Snapshots)
		}
		used := ""
		if volume.Used != nil {
			used = compact(*volume.Used)
		}
		id := volume.ID
		objects = append(objects, []column{
			{head: "VOLUME", cell: plan.Plain(id.Pool) + "/" + plan.Plain(id.Name)},
			{head: "PROJECT", cell: plan.Plain(id.Project), dull: id.Project == lxd.DefaultProject},
			{head: "MEMBER", cell: named(id.Member), dull: id.Member == ""},
			{head: "CONTENT", cell: plan.Plain(volume.ContentType), dull: volume.ContentType == lxd.ContentFilesystem},
			{head: "SIZE", cell: lxd.PlainLine(volume.Size)},
			{head: "USED", cell: used, dull: used == ""},
			{head: "SNAPSHOTS", cell: snapshots, dull: snapshots == ""},
			{head: "OWNER", cell: volume.ownedBy(), dull: volume.Owner == ""},
			{head: "SPEC", cell: volume.inSpec(o.HasSpec), dull: !o.HasSpec},
			{head: "USERS", cell: usersCell(volume.Users, opts), dull: len(volume.Users) == 0},
		})
	}
	return objects
}

// named is a name, "" for none.
func named(name string) string {
	if name == "" {
		return ""
	}
	return plan.Plain(name)
}

// usersCell lists users: on a terminal the first of them.
func usersCell(users []plan.User, opts TextOptions) string {
	if opts.Width > 0 {
		return plan.ListUsers(users)
	}
	words := make([]string, len(users))
	for i, user := range users {
		words[i] = user.String()
	}
	return strings.Join(words, ", ")
}

// compact is a number of bytes without a space in it.
func compact(bytes int64) string { return strings.ReplaceAll(schema.FormatSize(bytes), " ", "") }

// share is how full a side is in percent.
func (s Side) share() int64 {
	if s.Space.Total <= 0 {
		return 0
	}
	return min(100, max(0, int64(float64(s.Space.Used)/float64(s.Space.Total)*100+0.5)))
}

// bar draws how full a side is: █████░░░░░ 50% of 1GiB.
func (s Side) bar() string {
	if s.Space == nil {
		return ""
	}
	const width = 10
	full := int(s.share()+5) / width
	return strings.Repeat("█", full) + strings.Repeat("░", width-full) + fmt.Sprintf(" %3d%% of %s", s.share(), compact(s.Space.Total))
}

// figures are how full a side is for who counts.
func (s Side) figures() []column {
	cells := []column{{head: "USED"}, {head: "TOTAL"}, {head: "FULL"}}
	if s.Space != nil {
		cells[0].cell, cells[1].cell, cells[2].cell = compact(s.Space.Used), compact(s.Space.Total), fmt.Sprintf("%d%%", s.share())
	}
	return cells
}

// ownedBy is whose mark an object carries, in a cell.
func (o Object) ownedBy() string {
	switch {
	case o.Owner == "":
		return ""
	case o.IsCopy:
		return "(copy)"
	}
	return plan.Plain(o.Owner)
}

// inSpec is what the spec says of an object, in a cell.
func (o Object) inSpec(hasSpec bool) string {
	d := o.Declaration
	switch {
	case !hasSpec:
		return ""
	case d == nil:
		return "no"
	case d.Absent:
		return "absent"
	case d.Becomes != (lxd.VolumeID{}):
		return "moves"
	}
	return "yes"
}
