package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// starts times commands that need no server.
func starts(ctx context.Context, c *config) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	spec, err := writeSpec(dir, "small", firstOf(4), specOptions{})
	if err != nil {
		return err
	}
	const times = 20 // one alone is too short to be timed
	repeat := func(name string, args ...string) *command {
		script := fmt.Sprintf(`i=0; while [ $i -lt %d ]; do "$@" >/dev/null || exit; i=$((i+1)); done`, times)
		return &command{name: name, args: append([]string{"sh", "-c", script, "sh"}, args...), env: os.Environ()}
	}
	program, err := buildHello(ctx, dir)
	if err != nil {
		return err
	}
	// How a file came into the page cache makes a quarter of a start, so both are copied.
	programs := map[string]string{}
	for name, path := range map[string]string{"hello": program, "tarn": c.tarn} {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		programs[name] = filepath.Join(dir, "copy-"+name)
		if err := os.WriteFile(programs[name], text, 0o755); err != nil {
			return err
		}
	}
	hello := repeat("a program of Go that prints a line", programs["hello"])
	version := repeat("tarn version", programs["tarn"], "version")
	validate := repeat("tarn validate, a small file", programs["tarn"], "validate", spec)
	commands := []*command{hello, version, validate}
	if err := c.inTurn(ctx, commands); err != nil {
		return err
	}
	fmt.Printf("\n### Starting\n\n| | time | of the line above |\n|---|---|---|\n")
	for i, cmd := range commands {
		of := "–"
		if i > 0 {
			of = fmt.Sprintf("%.2f", ratio(cmd, commands[i-1], wall))
		}
		fmt.Printf("| %s | %.1f ms | %s |\n", cmd.name, cmd.median(wall)*1000/times, of)
	}
	c.sum("`tarn version`, of the time of a program of Go that prints a line", "%.2f", ratio(version, hello, wall))
	c.sum("`tarn validate` of a small file, of `tarn version`", "%.2f", ratio(validate, version, wall))
	return nil
}

// buildHello builds a program that prints a line and has nothing else in it, and gives its path.
func buildHello(ctx context.Context, dir string) (path string, err error) {
	const source = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"
	file := filepath.Join(dir, "hello.go")
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		return "", err
	}
	path = filepath.Join(dir, "hello")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", path, file).CombinedOutput(); err != nil {
		return "", fmt.Errorf("build a program that prints a line: %w\n%s", err, out)
	}
	return path, nil
}
