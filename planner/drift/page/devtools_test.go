package page

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tarn/lxd/lxdtest"
)

// browser is a page in a headless Chromium, spoken to by the DevTools protocol.
type browser struct {
	t       *testing.T
	conn    *websocket.Conn
	session string
	last    int
	events  []event // that came while nobody waited for them
}

// event is a message of the browser that answers nothing.
type event struct {
	Method string
	Params json.RawMessage
}

// startBrowser starts a Chromium with a page, which ends with the test. Without the program the test is skipped.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if lxdtest.Full() {
			t.Fatal("TARN_TESTS=full: there is no Chromium (Debian: apt-get install --no-install-recommends chromium)")
		}
		t.Skip("needs Chromium (Debian: apt-get install --no-install-recommends chromium)")
	}
	// A folder of its own: what Chromium still writes while it ends must not be the test's.
	dir, err := os.MkdirTemp("", "tarn-chromium")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--no-proxy-server",
		"--remote-debugging-port=0", "--user-data-dir="+dir, "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+dir)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var conn *websocket.Conn
	t.Cleanup(func() {
		// Asked to, it ends with all its processes; killed, it leaves some that still write.
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
		if conn == nil || conn.Write(ctx, websocket.MessageText, []byte(`{"id":1000000,"method":"Browser.close"}`)) != nil {
			_ = cmd.Process.Kill()
		}
		_ = cmd.Wait()
		stop()
		if conn != nil {
			_ = conn.CloseNow()
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Log(err)
		}
	})
	listening := regexp.MustCompile(`DevTools listening on (ws://\S+)`)
	address, said := "", ""
	for lines := bufio.NewScanner(stderr); address == "" && lines.Scan(); {
		said += lines.Text() + "\n"
		if match := listening.FindStringSubmatch(lines.Text()); match != nil {
			address = match[1]
		}
	}
	if address == "" {
		t.Fatalf("Chromium does not start:\n%s", said)
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
	if conn, _, err = websocket.Dial(t.Context(), address, nil); err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	b := &browser{t: t, conn: conn}
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Network", "Log", "Runtime", "Accessibility"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

// read takes the next message.
func (b *browser) read() (id int, e event, result json.RawMessage) {
	_, message, err := b.conn.Read(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	var m struct {
		event
		ID     int
		Result json.RawMessage
		Error  *struct{ Message string }
	}
	if err := json.Unmarshal(message, &m); err != nil {
		b.t.Fatal(err)
	}
	if m.Error != nil {
		b.t.Fatalf("DevTools: %s", m.Error.Message)
	}
	return m.ID, m.event, m.Result
}

// call sends a command, and waits for its answer, which may be nil.
func (b *browser) call(method string, params map[string]any, answer any) {
	b.t.Helper()
	b.last++
	command := map[string]any{"id": b.last, "method": method, "params": params}
	if params == nil {
		command["params"] = map[string]any{}
	}
	if b.session != "" {
		command["sessionId"] = b.session
	}
	message, err := json.Marshal(command)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.conn.Write(b.t.Context(), websocket.MessageText, message); err != nil {
		b.t.Fatal(err)
	}
	for {
		id, e, result := b.read()
		switch {
		case id == b.last:
			if answer != nil {
				if err := json.Unmarshal(result, answer); err != nil {
					b.t.Fatalf("%s: %v in %s", method, err, result)
				}
			}
			return
		case id == 0:
			b.events = append(b.events, e)
		}
	}
}

// await takes events until one of a kind, which is the last that it gives.
func (b *browser) await(method string) []event {
	for {
		for i, e := range b.events {
			if e.Method == method {
				seen := b.events[:i+1]
				b.events = b.events[i+1:]
				return seen
			}
		}
		if id, e, _ := b.read(); id == 0 {
			b.events = append(b.events, e)
		}
	}
}

// evaluate runs an expression in the page and gives what comes out.
func (b *browser) evaluate(expression string, to any) {
	b.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &answer)
	if e := answer.ExceptionDetails; e != nil {
		b.t.Fatalf("%s: %s", e.Text, e.Exception.Description)
	}
	if err := json.Unmarshal(answer.Result.Value, to); err != nil {
		b.t.Fatalf("%v in %s", err, answer.Result.Value)
	}
}

// show has the page as wide as a screen, in a scheme of colours, on a medium.
func (b *browser) show(width int, scheme, medium string) {
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": medium, "features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// open loads a page, and gives what happened meanwhile.
func (b *browser) open(url string) []event {
	b.events = nil
	b.call("Page.navigate", map[string]any{"url": url}, nil)
	return b.await("Page.loadEventFired")
}

// wrong are events that a page must not bring about.
func wrong(events []event, url string) []string {
	var all []string
	for _, e := range events {
		switch e.Method {
		case "Network.requestWillBeSent":
			var sent struct{ Request struct{ URL string } }
			if err := json.Unmarshal(e.Params, &sent); err != nil || !strings.HasPrefix(sent.Request.URL, url) {
				all = append(all, "it asks for "+sent.Request.URL)
			}
		case "Log.entryAdded", "Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Page.windowOpen":
			all = append(all, fmt.Sprintf("%s %s", e.Method, e.Params))
		}
	}
	return all
}
