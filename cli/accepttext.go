package cli

import (
	"fmt"
	"io"
	"strings"

	"tarn/cli/paint"
	"tarn/planner/plan"
	"tarn/spec/edit"
)

// showAccepted shows how the files change, and what is left.
func (a *app) showAccepted(found *acceptance, flags *acceptFlags) error {
	return a.show(func(w io.Writer) error {
		painter := a.painter(a.Stdout)
		for _, file := range found.files {
			for _, line := range a.diffLines(file, painter) {
				fmt.Fprintln(w, line)
			}
		}
		blank := len(found.files) > 0
		head := func(text string) {
			if blank {
				fmt.Fprintln(w)
			}
			blank = true
			fmt.Fprintln(w, text)
		}
		if len(found.left) > 0 {
			head("Not taken into the spec:")
			for _, item := range found.left {
				fmt.Fprintf(w, "  %s\n", a.forPeople(item.Text()))
				why := item.Why
				if item.Place != "" {
					why = item.Place + ": " + why
				}
				fmt.Fprintf(w, "      %s\n", a.forPeople(why))
			}
		}
		if len(found.after) > 0 {
			head("Still to do:")
			for _, text := range found.after {
				fmt.Fprintf(w, "  %s\n", a.forPeople(text))
			}
		}
		if summary := found.summary(); len(found.taken)+len(found.left)+len(found.after) > 0 {
			head(summary)
		} else {
			fmt.Fprintln(w, summary)
		}
		return nil
	})
}

func (f *acceptance) summary() string {
	if len(f.taken)+len(f.left)+len(f.after) == 0 {
		return "Nothing to take into the spec: it says what the server has."
	}
	text := fmt.Sprintf("%s taken into the spec", quantity(len(f.taken), "difference"))
	if n := len(f.left); n > 0 {
		text += fmt.Sprintf(", %d not", n)
	}
	return text + "."
}

// diffLines are the lines in which a file differs.
func (a *app) diffLines(file edit.File, painter paint.Painter) (all []string) {
	roles := map[byte]paint.Role{'+': paint.DiffAdded, '-': paint.DiffRemoved, '@': paint.DiffHunk}
	for line := range strings.Lines(unified(file.Name, file.Name, file.Before, file.After)) {
		line = a.forPeople(strings.TrimRight(line, "\r\n"))
		if role, ok := roles[append([]byte(line), 0)[0]]; ok {
			line = painter.Paint(role, line)
		}
		all = append(all, line)
	}
	return all
}

// fileNames names files, or says how many they are.
func fileNames(files []edit.File) string {
	if len(files) > 3 {
		return quantity(len(files), "file")
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = file.Name
	}
	return plan.List(names)
}

// fewObjects names some of many objects.
func fewObjects(objects []plan.Object) string {
	const most = 3
	var names []string
	for i, object := range objects {
		if i == most && len(objects) > most+1 {
			names = append(names, quantity(len(objects)-most, "other object"))
			break
		}
		names = append(names, object.String())
	}
	return plan.List(names)
}
