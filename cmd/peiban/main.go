// Command peiban is the whole program: the server, the imports, the tools around a database and a programme.
//
// Each command is one file here. They read settings, build every part by hand, run, and stop in reverse order;
// what peiban knows about its field is in internal/.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // people's zones, on machines without the files

	"github.com/alecthomas/kong"

	"peiban/internal/config"
	"peiban/internal/fault"
)

// version is set when the binary is built.
var version = "unknown"

// Exit codes.
const (
	done   = 0 // also when rows were refused: they are reported
	failed = 1
	misuse = 2
)

type commands struct {
	Serve     serveCmd     `cmd:"" help:"Serve console, phone and API."`
	Init      initCmd      `cmd:"" help:"Make a database, its master key and a workspace."`
	Demo      demoCmd      `cmd:"" help:"Serve a rehearsal with made-up people on this machine."`
	Import    importCmd    `cmd:"" help:"Bring data in from files."`
	Simulate  simCmd       `cmd:"" help:"Have made-up people live through the programmes and count what happens."`
	Rehearsal rehearsalCmd `cmd:"" help:"Rehearsals beside live workspaces: list and remove them; init makes one."`
	Programme progCmd      `cmd:"" help:"Check, test, compare and publish programmes."`
	Journey   journeyCmd   `cmd:"" help:"Put people into journeys by hand."`
	Staff     staffCmd     `cmd:"" help:"Accounts of the people who work."`
	Person    personCmd    `cmd:"" help:"Erase a person."`
	Source    sourceCmd    `cmd:"" help:"Senders of events and their write keys."`
	Product   productCmd   `cmd:"" help:"What shops sell: strips per box, days of supply."`
	APIKey    apiKeyCmd    `cmd:"" name:"apikey" help:"Keys of other systems that read."`
	Key       keyCmd       `cmd:"" help:"The master key."`
	Backup    backupCmd    `cmd:"" help:"Write everything to one file."`
	Restore   restCmd      `cmd:"" help:"Fill an empty database from a backup."`
	Explain   whyCmd       `cmd:"" help:"Say why a person has a tag, or a stage, at a moment."`
	Message   messageCmd   `cmd:"" help:"Look at the signed page of a send."`
	Replay    replayCmd    `cmd:"" help:"Run the event log again and compare."`
	Calc      calcCmd      `cmd:"" help:"Compute published figures from a table: glucose, adherence."`
	Match     matchCmd     `cmd:"" help:"Find rows of a table that are one person, without being told which."`
	Sandbox   sandboxCmd   `cmd:"" help:"Serve a made-up WeCom and WeChat on this machine, for tests and rehearsals."`
	OpenAPI   openapi      `cmd:"" name:"openapi" help:"Print the description of the API."`
	Version   showCmd      `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr, bar: isTerminal(os.Stderr), zh: speaksChinese()})
	stop()
	os.Exit(code)
}

// run is main without the process around it.
func run(ctx context.Context, args []string, t terminal) int {
	var c commands
	code := -1
	p, err := kong.New(&c, kong.Name("peiban"), kong.Writers(t.out, t.err), kong.Exit(func(n int) { code = n }),
		kong.Description("peiban keeps people with a chronic disease company between two visits to the doctor."),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(t.err, "peiban:", err)
		return failed
	}
	cmd, err := p.Parse(args)
	if code >= 0 { // --help was answered
		return code
	}
	if err != nil {
		fmt.Fprintln(t.err, "peiban:", err)
		fmt.Fprintln(t.err, "peiban: try --help")
		return misuse
	}
	cmd.BindTo(ctx, (*context.Context)(nil))
	cmd.Bind(t)
	return t.answer(cmd.Run())
}

// errUsage marks a mistake in how a command was called.
var errUsage = errors.New("usage")

func usage(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errUsage}, args...)...)
}

// errSaid means that the command said already what is wrong.
var errSaid = errors.New("said")

// answer says what went wrong and gives the exit code.
func (t terminal) answer(err error) int {
	var mistakes config.Mistakes
	switch {
	case err == nil:
		return done
	case errors.Is(err, errSaid):
		return failed
	case errors.As(err, &mistakes):
		for _, m := range mistakes {
			fmt.Fprintln(t.err, "peiban:", m)
		}
		return misuse
	case errors.Is(err, errUsage):
		fmt.Fprintln(t.err, "peiban:", strings.TrimPrefix(err.Error(), "usage: "))
		return misuse
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(t.err, "peiban: "+t.say("已中断", "interrupted"))
		return failed
	}
	if f := fault.Of(err); f != nil && t.zh {
		fmt.Fprintln(t.err, "peiban: "+f.Text.Zh+paren("（", f.Hint.Zh, "）"))
		return failed
	} else if f != nil && f.Kind != fault.Internal {
		fmt.Fprintln(t.err, "peiban: "+f.Text.En+paren(" (", f.Hint.En, ")"))
		return failed
	}
	fmt.Fprintln(t.err, "peiban:", err)
	return failed
}

func paren(open, s, shut string) string {
	if s == "" {
		return ""
	}
	return open + s + shut
}

// terminal is where a command reads and writes: data and the last line to out, everything else to err.
type terminal struct {
	in  io.Reader
	out io.Writer
	err io.Writer
	bar bool // err is a screen
	zh  bool
}

func (t terminal) say(zh, en string) string {
	if t.zh {
		return zh
	}
	return en
}

func (t terminal) note(zh, en string, args ...any) {
	fmt.Fprintf(t.err, t.say(zh, en)+"\n", args...)
}

// sum prints the summary: the last line of stdout, or one JSON object for machines.
func (t terminal) sum(asJSON bool, v any, zh, en string) error {
	if !asJSON {
		_, err := fmt.Fprintln(t.out, t.say(zh, en))
		return err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	_, err = fmt.Fprintln(t.out, string(b))
	return err
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func speaksChinese() bool {
	for _, k := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(k); v != "" {
			return strings.HasPrefix(v, "zh")
		}
	}
	return false
}

// progress draws how far a command is: one line that is drawn again on a screen, a line now and then elsewhere.
type progress struct {
	t     terminal
	label string
	next  time.Time
	drawn bool
}

func (t terminal) progress(zh, en string) *progress { return &progress{t: t, label: t.say(zh, en)} }

func (p *progress) show(done, total int64, more string) {
	now := time.Now()
	if total <= 0 || now.Before(p.next) && done < total {
		return
	}
	share := min(1, float64(done)/float64(total))
	if !p.t.bar {
		p.next = now.Add(3 * time.Second)
		fmt.Fprintf(p.t.err, "%s %3.0f %%  %s\n", p.label, 100*share, more)
		return
	}
	p.next = now.Add(100 * time.Millisecond)
	p.drawn = true
	full := int(30 * share)
	fmt.Fprintf(p.t.err, "\r\x1b[K%s [%s%s] %3.0f %%  %s", p.label, strings.Repeat("█", full), strings.Repeat("·", 30-full), 100*share, more)
}

func (p *progress) end() {
	if p.drawn {
		fmt.Fprintln(p.t.err)
	}
}

type showCmd struct{}

func (showCmd) Run(t terminal) error {
	_, err := fmt.Fprintln(t.out, "peiban", version)
	return err
}
