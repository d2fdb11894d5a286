package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

type staffCmd struct {
	Add  staffAddCmd  `cmd:"" help:"Add an account. The password is read from the keyboard, from a pipe, or made by --generate."`
	List staffListCmd `cmd:"" help:"List the accounts."`
}

type staffAddCmd struct {
	oneSpace
	Login    string `help:"Name to sign in with." required:""`
	Name     string `help:"Name others see." required:""`
	Role     string `help:"admin, manager, health_manager, pharmacist or viewer." required:""`
	Language string `help:"zh or en." enum:"zh,en" default:"zh"`
	Generate bool   `help:"Make a password and print it once."`
	JSON     bool   `name:"json" help:"Print the result as JSON."`
}

func (c staffAddCmd) Run(ctx context.Context, t terminal) error {
	if !staff.Role(c.Role).Known() {
		return usage("there is no role %q; the roles are admin, manager, health_manager, pharmacist, viewer", c.Role)
	}
	if strings.TrimSpace(c.Login) == "" || strings.ContainsAny(c.Login, " \t\n/") || len(c.Login) > 64 {
		return usage("a sign-in name has 1 to 64 characters and no blanks")
	}
	h, w, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	password := staff.NewToken()[:16]
	if !c.Generate {
		if password, err = t.password(); err != nil {
			return err
		}
	}
	m, err := h.addMember(ctx, w, staff.Member{Login: c.Login, Name: c.Name, Role: staff.Role(c.Role), Language: c.Language}, password)
	if err != nil {
		return err
	}
	shown := map[string]string{"id": m.ID, "login": m.Login, "role": c.Role}
	zh, en := fmt.Sprintf("已添加 %s（%s）", m.Login, c.Role), fmt.Sprintf("added %s (%s)", m.Login, c.Role)
	if c.Generate {
		shown["password"] = password
		zh, en = zh+"，密码 "+password+" 只显示这一次", en+"; the password "+password+" is shown this once"
	}
	return t.sum(c.JSON, shown, zh, en)
}

// addMember makes an account with a password of its own.
func (h *house) addMember(ctx context.Context, w workspace.Workspace, m staff.Member, password string) (staff.Member, error) {
	m.Login = strings.ToLower(m.Login) // whoever signs in may write it either way
	hash, err := staff.HashPassword(password)
	if err != nil {
		return m, err
	}
	now := time.Now()
	m.ID, m.Hash, m.Created = ulid.MustNewDefault(now).String(), hash, now.UnixMicro()
	return m, h.store.CreateMember(ctx, w.Number, m, audit.Entry{At: m.Created, Actor: "command", Action: "staff.create", Detail: `{"role":"` + string(m.Role) + `"}`})
}

// password reads one line: unseen from a keyboard, as it is from a pipe.
func (t terminal) password() (string, error) {
	if f, ok := t.in.(*os.File); ok && isTerminal(f) {
		fmt.Fprint(t.err, t.say("密码（至少 10 个字符）：", "password (at least 10 characters): "))
		quiet := exec.Command("stty", "-echo")
		quiet.Stdin = f
		if quiet.Run() == nil {
			defer func() {
				loud := exec.Command("stty", "echo")
				loud.Stdin = f
				_ = loud.Run() // the shell puts it right if this fails
				fmt.Fprintln(t.err)
			}()
		}
	}
	line, err := bufio.NewReader(t.in).ReadString('\n')
	if err != nil && (err != io.EOF || line == "") {
		return "", usage("no password was given; type it, pipe it in, or use --generate")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

type staffListCmd struct {
	oneSpace
	JSON bool `name:"json" help:"Print as JSON."`
}

func (c staffListCmd) Run(ctx context.Context, t terminal) error {
	h, w, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	all, err := h.store.Members(ctx, w.Number)
	if err != nil {
		return err
	}
	if c.JSON {
		type row struct {
			ID, Login, Name, Role string
			Disabled              bool
		}
		rows := []row{}
		for _, m := range all {
			rows = append(rows, row{m.ID, m.Login, m.Name, string(m.Role), m.Disabled})
		}
		return t.sum(true, rows, "", "")
	}
	tw := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	for _, m := range all {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", m.Login, m.Name, m.Role, m.ID)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	t.note("%d 个账号", "%d accounts", len(all))
	return nil
}
