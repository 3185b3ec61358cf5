package lxc

import (
	"regexp"

	"github.com/goccy/go-yaml"
)

var (
	// special is a value that has quotes because of how it begins.
	special = regexp.MustCompile(`(?m): "([@%&*!|>][^"'\\]*)"$`)
	// moment is a value that is a time.
	moment = regexp.MustCompile(`(?m)^((?:created|expires)_at: )"(.*)"$`)
)

// show prints an object as lxc does, which writes quotes in another way.
func (c *command) show(object any) error {
	text, err := yaml.Marshal(object)
	if err != nil {
		return err
	}
	text = special.ReplaceAll(text, []byte(": '$1'"))
	c.printf("%s", moment.ReplaceAll(text, []byte("$1$2")))
	return nil
}
