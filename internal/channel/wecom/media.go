package wecom

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"peiban/internal/channel/tencent"
)

// Uploaded is a file WeCom keeps for three days.
type Uploaded struct {
	ID string `json:"media_id"`
	At int64  `json:"created_at,string"`
}

// Upload keeps a file for three days. kind is image, voice, video or file: images and voices up to 5 MB, others up to 20.
func (c *Client) Upload(ctx context.Context, kind, name string, content []byte) (Uploaded, error) {
	var out Uploaded
	err := c.upload(ctx, "media/upload", url.Values{"type": {kind}}, name, content, &out)
	return out, err
}

// UploadImage keeps a picture for ever and answers its address; at most 3,000 a month.
func (c *Client) UploadImage(ctx context.Context, name string, content []byte) (string, error) {
	var out struct {
		URL string `json:"url"`
	}
	err := c.upload(ctx, "media/uploadimg", nil, name, content, &out)
	return out.URL, err
}

// UploadAttachment keeps a picture or a video for a post of 朋友圈.
func (c *Client) UploadAttachment(ctx context.Context, kind, name string, content []byte) (string, error) {
	var out struct {
		ID string `json:"media_id"`
	}
	err := c.upload(ctx, "media/upload_attachment", url.Values{"media_type": {kind}, "attachment_type": {"1"}}, name, content, &out)
	return out.ID, err
}

// Download reads a file uploaded by the company or sent by a customer, at most most bytes, with its type.
func (c *Client) Download(ctx context.Context, id string, most int64) (content []byte, kind string, err error) {
	err = c.caller.Do(ctx, tencent.Call{
		API: "media/get", Path: "/cgi-bin/media/get", Method: http.MethodGet, Query: url.Values{"media_id": {id}}, Token: c.token(app),
		Save: func(body io.Reader, k, _ string) (err error) {
			kind = k
			content, err = io.ReadAll(io.LimitReader(body, most))
			return err
		},
	}, nil)
	return content, kind, err
}

var plainName = strings.NewReplacer(`"`, "", `\`, "", "\r", "", "\n", "")

func (c *Client) upload(ctx context.Context, api string, query url.Values, name string, content []byte, out any) error {
	return c.caller.Do(ctx, tencent.Call{
		API: api, Path: "/cgi-bin/" + api, Method: http.MethodPost, Query: query, Token: c.token(app),
		Body: func() (io.Reader, string, error) {
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			part, err := w.CreatePart(textproto.MIMEHeader{
				"Content-Disposition": {`form-data; name="media"; filename="` + plainName.Replace(name) + `"`},
				"Content-Type":        {http.DetectContentType(content)},
			})
			if err == nil {
				_, err = part.Write(content)
			}
			if err == nil {
				err = w.Close()
			}
			return &b, w.FormDataContentType(), err
		},
	}, out)
}
