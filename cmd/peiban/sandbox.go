package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"

	"peiban/internal/sandbox"
)

type sandboxCmd struct {
	Addr     string `help:"Address to listen at, HOST:PORT." default:"127.0.0.1:8430" placeholder:"ADDRESS"`
	Callback string `help:"Where the company's events go; asked once when started." placeholder:"URL"`
	Token    string `help:"Token of the callback." placeholder:"TEXT"`
	AESKey   string `name:"aes-key" help:"EncodingAESKey of the callback, 43 letters and digits." placeholder:"KEY"`
	Seed     uint64 `help:"Makes the same ids and secrets again; without it, new ones."`
}

// Run serves a made-up WeCom and WeChat until ctx ends. Nothing is stored.
func (c sandboxCmd) Run(ctx context.Context, t terminal) error {
	if c.Seed == 0 {
		var b [8]byte
		_, _ = rand.Read(b[:])
		c.Seed = binary.BigEndian.Uint64(b[:]) >> 12 // short enough to type
	}
	s, err := sandbox.New(sandbox.Options{Seed: c.Seed, Now: time.Now})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use by another program; choose another address with --addr", c.Addr)
	} else if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	base := "http://" + listener.Addr().String()
	w := s.World()
	lines := []struct{ name, value string }{
		{"page", base + "/sandbox/"}, {"WeCom", base}, {"WeChat", base}, {"seed", fmt.Sprint(c.Seed)}, {"corpid", w.Corp},
	}
	for _, a := range w.Apps {
		name := "secret"
		if a.Agent != 0 {
			name = fmt.Sprintf("agentid %d, secret", a.Agent)
		}
		lines = append(lines, struct{ name, value string }{a.Name + " " + name, a.Secret})
	}
	lines = append(lines, struct{ name, value string }{w.Official.Name + " appid", w.Official.AppID}, struct{ name, value string }{w.Official.Name + " secret", w.Official.Secret},
		struct{ name, value string }{w.Mini.Name + " appid", w.Mini.AppID}, struct{ name, value string }{w.Mini.Name + " secret", w.Mini.Secret})
	for _, l := range lines {
		fmt.Fprintf(t.out, "%s: %s\n", l.name, l.value)
	}
	if c.Callback != "" {
		if err := s.Callback(ctx, c.Callback, c.Token, c.AESKey); err != nil {
			_ = listener.Close()
			return fmt.Errorf("ask the callback: %w", err)
		}
		fmt.Fprintln(t.out, "callback: "+c.Callback)
	}
	go s.Run(ctx)
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	return server.Close()
}
