package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"strings"
	"time"

	"peiban/internal/conductor"
)

type messageCmd struct {
	Verify messageVerifyCmd `cmd:"" help:"Tell whether the signed page of a send is as it was signed, and what it says."`
}

// messageVerifyCmd checks a page that /api/messages/ID/proof gave.
type messageVerifyCmd struct {
	oneSpace
	File string `arg:"" help:"The page, as JSON."`
	Page string `name:"page" help:"Write it as one HTML page for printing, when it is good." placeholder:"FILE"`
	JSON bool   `name:"json" help:"Print the result as JSON."`
}

func (c messageVerifyCmd) Run(ctx context.Context, t terminal) error {
	b, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	var page conductor.Signed
	if err := json.Unmarshal(b, &page); err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	cfg, err := c.load()
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer h.close()
	w, err := h.workspace(ctx, c.Workspace)
	if err != nil {
		return err
	}
	ring, err := h.store.Ring(ctx, w.Number)
	if err != nil {
		return err
	}
	p, good, err := conductor.VerifyPage(ring, page)
	if err != nil {
		return err
	}
	if good && c.Page != "" {
		if err := writePage(c.Page, w.Zone, p, page); err != nil {
			return err
		}
	}
	zh, en := "签名不对：这一页被改过，或不是这个空间签的", "the signature does not fit: the page was changed, or another workspace signed it"
	if good {
		zh, en = "签名正确；记录与重算一致", "the signature is good; the record is what is found again"
		if !p.Same {
			zh, en = "签名正确；记录与重算不同："+strings.Join(p.Difference, "、"), "the signature is good; the record differs: "+strings.Join(p.Difference, ", ")
		}
	}
	if err := t.sum(c.JSON, map[string]any{"good": good, "same": good && p.Same, "differences": p.Difference}, zh, en); err != nil {
		return err
	}
	if !good {
		return errSaid
	}
	return nil
}

// writePage writes a good page for people.
func writePage(path, zone string, p conductor.Proof, page conductor.Signed) error {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return fmt.Errorf("read the zone: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	defer f.Close()
	at := func(micro int64) string { return p.At(micro, loc) }
	err = proofPage.Execute(f, map[string]any{"P": p, "At": at, "Signature": fmt.Sprintf("%x", page.Signature), "Algorithm": page.Algorithm})
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

var proofPage = template.Must(template.New("proof").Parse(`<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>发送凭证 Proof of a send</title>
<style>body{font:14px/1.5 sans-serif;max-width:18cm;margin:1cm auto;overflow-wrap:anywhere}td,th{text-align:left;vertical-align:top;padding:2px 12px 2px 0}h2{font-size:16px;border-top:1px solid #999;padding-top:8px}@page{size:A4}</style>
<h1>发送凭证 Proof of a send</h1>
{{$at := .At}}{{with .P}}
<p><strong>{{if .Same}}记录与重算一致 The record is what is found again{{else}}记录与重算不同 The record differs: {{range .Difference}}{{.}} {{end}}{{end}}</strong></p>
<table><tr><th>消息 Message<td>{{.Message}}<tr><th>本人 Person<td>{{.Person}}<tr><th>状态 State<td>{{.State}} {{.Reason}}<tr><th>送出 Sent<td>{{call $at .SentAt}}<tr><th>重算于 Found again<td>{{call $at .MadeAt}}</table>
<h2>规则 Rule</h2><table><tr><th>项目、旅程、步骤 Programme, journey, step<td>{{.Rule.Programme}} / {{.Rule.Journey}} {{.Rule.Version}} / {{.Rule.Step}}<tr><th>起因 Cause<td>{{.Rule.Cause}}<tr><th>事件重放也要求发这一条 The events ask for it<td>{{if .Rule.Asked}}是 yes{{else}}否 no{{end}}</table>
<h2>内容 Text</h2><table><tr><th>记录的版本 Recorded<td>{{.Content.Key}} {{.Content.Version}}<tr><th>当时的版本 In force<td>{{.Content.InForce}}<tr><th>批准 Approved by<td>{{if .Content.Sample}}样例 sample{{else}}{{.Content.By}}{{end}}</table>
<h2>同意 Consents</h2><table>{{range .Consents}}<tr><th>{{.Purpose}}<td>{{if .Given}}同意 yes{{else}}不同意 no{{end}} {{if .Outdated}}（文本有新版 outdated）{{end}}<td>{{.Version}}<td>{{call $at .At}}{{end}}</table>
<h2>决定 Decisions</h2><table><tr><th>时间 At<th>记录 Recorded<th>重算 Found<th>{{range .Decisions}}<tr><td>{{call $at .At}}<td>{{.Recorded}}<td>{{.Found}}<td>{{if .Same}}一致 same{{else}}不同 differs{{end}}<tr><td><td colspan="3">{{range .Checks}}{{.Name}} {{if .OK}}✓{{else}}✗{{end}} {{end}}{{end}}</table>
<p>取自记录、无法从事件重算 Taken from the record: {{range .Taken}}{{.}} {{end}}</p>{{end}}
<h2>签名 Signature</h2><p>{{.Algorithm}}<br>{{.Signature}}</p></html>
`))
