package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// What the command prints is enough to make a client work.
func TestSandboxServesWhatItPrints(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"sandbox", "--addr", "127.0.0.1:0", "--seed", "5"}, terminal{in: strings.NewReader(""), out: write, err: io.Discard})
		_ = write.Close()
	}()
	got := map[string]string{}
	lines := bufio.NewScanner(read)
	for len(got) < 14 && lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		got[name] = value
	}
	go func() { _, _ = io.Copy(io.Discard, read) }()
	resp, err := http.Get(got["WeCom"] + "/cgi-bin/gettoken?corpid=" + got["corpid"] + "&corpsecret=" + got["陪伴 agentid 1000002, secret"])
	if err != nil {
		t.Fatal(err, got)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Code  int    `json:"errcode"`
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Code != 0 || answer.Token == "" {
		t.Errorf("%+v %v", answer, err)
	}
	stop()
	if code := <-ended; code != done {
		t.Errorf("stopped with %d", code)
	}
}
