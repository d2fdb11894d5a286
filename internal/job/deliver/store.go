package deliver

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"peiban/internal/out"
)

// Limits of one request to a store.
const (
	connectWait = 5 * time.Second
	answerWait  = 30 * time.Second
	putWait     = 10 * time.Minute // for a whole file, and
	slowest     = 1 << 20          // bytes a second beside that
	largestPut  = 5 << 30          // what a single put may hold; source: Amazon S3, Uploading objects
)

// bucket is a bucket of a store that speaks as S3 does.
type bucket struct {
	client *minio.Client
	name   string
	prefix string
}

func (p *Places) store(w *out.Where) (Place, error) {
	where := *w
	if err := where.Check(p.Guard); err != nil {
		return nil, err
	}
	return p.open(&where)
}

// open makes the client of a store whose address was checked. What the name leads to is looked at with each connection.
func (p *Places) open(where *out.Where) (Place, error) {
	u, err := url.Parse(where.Endpoint)
	if err != nil {
		return nil, errStoreNo
	}
	dialer := &net.Dialer{Timeout: connectWait, Control: p.Guard.Control}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(where.AccessKey, where.SecretKey, ""), Secure: u.Scheme == "https", Region: where.Region,
		MaxRetries: 1, // what fails is tried again by the run
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: connectWait, ResponseHeaderTimeout: answerWait, MaxResponseHeaderBytes: 64 << 10,
			ForceAttemptHTTP2: true, DisableCompression: true, DisableKeepAlives: true,
		},
	})
	if err != nil {
		return nil, errStoreNo
	}
	return &bucket{client, where.Bucket, where.Prefix}, nil
}

// Ready asks for the bucket. A key that may only put may not ask, which says nothing.
func (b *bucket) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	there, err := b.client.BucketExists(ctx, b.name)
	switch err := said(err); {
	case errors.Is(err, errNotGiven):
		return nil
	case err != nil:
		return err
	case !there:
		return errNoBucket
	}
	return nil
}

// Put is one request: the store keeps the whole file or none.
func (b *bucket) Put(ctx context.Context, name string, content io.ReadSeeker, size int64, media string) error {
	ctx, cancel := context.WithTimeout(ctx, putWait+time.Duration(size/slowest)*time.Second)
	defer cancel()
	if size > largestPut {
		return errLargest
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return errDisk
	}
	_, err := b.client.PutObject(ctx, b.name, path.Join(b.prefix, name), content, size,
		minio.PutObjectOptions{ContentType: media, DisableMultipart: true, SendContentMd5: true})
	return said(err)
}

func (b *bucket) Remove(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	return said(b.client.RemoveObject(ctx, b.name, path.Join(b.prefix, name), minio.RemoveObjectOptions{}))
}

// said tells what a store answered. Its own words are not repeated: they may hold the key or the name of a file.
func said(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, out.ErrForbidden) {
		return errForbidden
	}
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	switch r := minio.ToErrorResponse(err); {
	case r.StatusCode == 0 || errors.Is(err, context.DeadlineExceeded):
		return errReach
	case r.Code == minio.InvalidAccessKeyID || r.Code == minio.SignatureDoesNotMatch || r.Code == "InvalidToken" || r.StatusCode == http.StatusUnauthorized:
		return errWrongKey
	case r.Code == minio.NoSuchBucket || r.Code == minio.InvalidBucketName:
		return errNoBucket
	case r.Code == minio.AccessDenied || r.StatusCode == http.StatusForbidden:
		return errNotGiven
	case r.StatusCode >= 500 || r.StatusCode == http.StatusTooManyRequests || r.Code == "SlowDown":
		return errStoreBusy
	}
	return errStoreNo
}
