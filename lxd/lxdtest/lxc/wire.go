package lxc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tarn/lxd/remote"
)

// answer is how a server answers.
type answer struct {
	Type      string          `json:"type"`
	Operation string          `json:"operation"`
	Code      int             `json:"error_code"`
	Error     string          `json:"error"`
	Metadata  json.RawMessage `json:"metadata"`
}

// send asks the local server for what the package lxd has no method for. body is what is sent as JSON, nil for nothing.
func send(ctx context.Context, method, path string, body any) (*answer, error) {
	var data []byte
	switch body := body.(type) {
	case nil:
	case json.RawMessage:
		data = body
	default:
		var err error
		if data, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	local, err := remote.Find("local", os.Getenv)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", local.Socket)
		},
		DisableKeepAlives: true,
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://lxd"+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	a := new(answer)
	if err := json.Unmarshal(text, a); err != nil {
		return nil, err
	}
	if a.Type == "error" {
		return nil, errors.New(a.Error)
	}
	return a, nil
}

// change is send, and waits for the operation that the server has begun.
func change(ctx context.Context, method, path string, body any) error {
	a, err := send(ctx, method, path, body)
	if err != nil || a.Type != "async" {
		return err
	}
	a, err = send(ctx, http.MethodGet, a.Operation+"/wait", nil)
	if err != nil {
		return err
	}
	var ended struct {
		Err string `json:"err"`
	}
	if err := json.Unmarshal(a.Metadata, &ended); err != nil {
		return err
	}
	if ended.Err != "" {
		return errors.New(ended.Err)
	}
	return nil
}

// read asks the local server for an object.
func read(ctx context.Context, path string, into any) error {
	a, err := send(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(a.Metadata, into)
}

func (c *command) query() *cobra.Command {
	var method, data string
	var waits bool
	cmd := &cobra.Command{Use: "query", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		var body any
		if data != "" {
			body = json.RawMessage(data)
		}
		if waits {
			return change(cmd.Context(), method, args[0], body)
		}
		a, err := send(cmd.Context(), method, args[0], body)
		if err != nil {
			return err
		}
		if shown := strings.TrimSpace(string(a.Metadata)); shown != "" && shown != "null" && shown != "{}" {
			var object any // whose keys are written in order
			if err := json.Unmarshal(a.Metadata, &object); err != nil {
				return err
			}
			text, err := json.MarshalIndent(object, "", "\t")
			if err != nil {
				return err
			}
			c.printf("%s\n\n", text)
		}
		return nil
	}}
	cmd.Flags().StringVarP(&method, "request", "X", http.MethodGet, "")
	cmd.Flags().StringVarP(&data, "data", "d", "", "")
	cmd.Flags().BoolVar(&waits, "wait", false, "")
	return cmd
}
