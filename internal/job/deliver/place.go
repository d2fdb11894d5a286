// Package deliver sends lists as files at fixed times: to a folder the operator allows, or to a store that speaks as S3 does.
//
// A moment of a delivery is one run, whoever comes to it, and the name of its file is derived from both: a worker that is killed after the
// file was put and before that was written down puts the same file once more under the same name. docs/decisions/deliveries.md.
package deliver

import (
	"context"
	"io"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/out"
)

// Place is where files go.
type Place interface {
	// Ready looks whether a file could be put now, as far as that shows without putting one.
	Ready(ctx context.Context) error
	// Put puts a whole file, or nothing. One of the same name is written over.
	// Content is read from its beginning, size bytes of it.
	Put(ctx context.Context, name string, content io.ReadSeeker, size int64, media string) error
	// Remove takes a file away again.
	Remove(ctx context.Context, name string) error
}

// Places open places.
type Places struct {
	Root  string    // folder deliveries may put files under; empty: none
	Guard out.Guard // which networks stores may lie in
}

var (
	errNoRoot = fault.New(fault.Unavailable, "no_folder_root", "这台服务器没有允许写文件夹", "this server allows no folder").
			Because("由管理员在设置 deliver_root 里指定一个目录", "name one by the setting deliver_root")
	errOutside = out.ErrFolder.Because("这个文件夹指到了允许的目录之外，换一个", "the folder leads out of the one that is allowed; choose another")
	errNotDir  = fault.New(fault.Unavailable, "not_a_folder", "这个名字不是文件夹", "this is no folder").At("body.where.folder").Because("换一个名称", "choose another name")
	errDenied  = fault.New(fault.Unavailable, "folder_denied", "没有写这个文件夹的权限", "the folder may not be written").At("body.where.folder").
			Because("请管理员给运行陪伴的账号写权限", "give the account that runs peiban the right to write")
	errFull = fault.New(fault.Unavailable, "disk_full", "磁盘满了", "the disk is full").Because("腾出空间后会自动再试", "it is tried again when there is room")
	errDisk = fault.New(fault.Unavailable, "folder_broken", "文件写不进去", "the file cannot be written").Because("请管理员检查磁盘", "have the disk looked at")

	errReach     = fault.New(fault.Unavailable, "store_unreached", "连接不上存储", "the store is not reached").Because("检查地址和网络", "check the address and the network")
	errForbidden = fault.New(fault.Invalid, "private_address", "存储的地址在内部网络，没有发送", "the store lies in a private network; nothing was sent").
			Because("需要时由管理员在设置 out_private 里允许这个网段", "where it is meant, allow its network by the setting out_private")
	errWrongKey  = fault.New(fault.Invalid, "store_key", "存储不认这个访问密钥", "the store does not know this access key").Because("检查访问密钥和密钥口令", "check the access key and its secret")
	errNoBucket  = fault.New(fault.Invalid, "no_bucket", "没有这个存储桶", "there is no such bucket").Because("检查名称，或先建好", "check its name, or make it first")
	errNotGiven  = fault.New(fault.Invalid, "store_denied", "这个访问密钥没有写入权限", "this access key may not write").Because("给它写这个存储桶的权限", "give it the right to write to the bucket")
	errStoreBusy = fault.New(fault.Unavailable, "store_busy", "存储暂时不能用", "the store is not available for now").Because("会自动再试", "it is tried again")
	errLargest   = fault.New(fault.TooLarge, "file_too_large", "文件超过 5 GB，存储一次放不下", "the file is above 5 GB, more than a store takes at once").Because("先筛选，或用 Parquet", "filter first, or send Parquet")
	errStoreNo   = fault.New(fault.Unavailable, "store_refused", "存储没有收下文件", "the store did not take the file").Because("检查地址、区域和存储桶", "check address, region and bucket")
)

// Open opens a place.
func (p *Places) Open(w *out.Where) (Place, error) {
	if w.Kind == out.Folder {
		return p.folder(w.Folder)
	}
	return p.store(w)
}

// Folders reports whether files may be put into folders.
func (p *Places) Folders() bool { return p.Root != "" }

// Test puts a small file that tells of nobody and takes it away again.
func (p *Places) Test(ctx context.Context, w *out.Where) error {
	place, err := p.Open(w)
	if err != nil {
		return err
	}
	if err := place.Ready(ctx); err != nil {
		return err
	}
	const name = "peiban-test.txt"
	const content = "peiban\n"
	if err := place.Put(ctx, name, strings.NewReader(content), int64(len(content)), "text/plain"); err != nil {
		return err
	}
	_ = place.Remove(ctx, name) // who may put may not always take away; the file tells nothing
	return nil
}
