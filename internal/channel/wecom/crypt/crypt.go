// Package crypt seals and opens what WeCom and WeChat send to a callback address, and signs pages for their JS-SDK
// (developer.work.weixin.qq.com/document/path/96238). It is checked against the official sample values and npm @wecom/crypto.
package crypt

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Why something is not opened. None of them quotes what came.
var (
	ErrKey       = errors.New("an EncodingAESKey has 43 letters and digits")
	ErrSignature = errors.New("the signature is not that of this token")
	ErrSealed    = errors.New("what is sealed cannot be opened with this key")
	ErrReceiver  = errors.New("it is meant for another company")
)

// block is the padding's, of PKCS#7; AES itself has 16.
const block = 32

// Box is one callback's secrets.
type Box struct {
	token    string
	key      []byte
	receiver string
}

// New makes a box. receiver is the corp id (or of an official account its appid); what is sealed for another is refused.
func New(token, encodingAESKey, receiver string) (*Box, error) {
	if len(encodingAESKey) != 43 {
		return nil, ErrKey
	}
	// The last of 43 characters has two bits to spare, which nobody promises to be zero.
	key, err := base64.StdEncoding.DecodeString(encodingAESKey + "=")
	if err != nil || len(key) != 32 {
		return nil, ErrKey
	}
	return &Box{token, key, receiver}, nil
}

// Sign is the signature of a sealed text: SHA-1 of token, time, nonce and text in order of their bytes.
func (b *Box) Sign(timestamp, nonce, sealed string) string {
	parts := []string{b.token, timestamp, nonce, sealed}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// Open checks the signature of a sealed text and opens it.
func (b *Box) Open(signature, timestamp, nonce, sealed string) ([]byte, error) {
	if subtle.ConstantTimeCompare([]byte(b.Sign(timestamp, nonce, sealed)), []byte(signature)) != 1 {
		return nil, ErrSignature
	}
	return b.open(sealed)
}

// open undoes seal: random(16) | length(4, big-endian) | message | receiver.
func (b *Box) open(sealed string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) == 0 || len(raw)%aes.BlockSize != 0 {
		return nil, ErrSealed
	}
	c, err := aes.NewCipher(b.key)
	if err != nil {
		return nil, ErrKey
	}
	cipher.NewCBCDecrypter(c, b.key[:aes.BlockSize]).CryptBlocks(raw, raw)
	pad := int(raw[len(raw)-1])
	if pad < 1 || pad > block || pad > len(raw)-20 {
		return nil, ErrSealed
	}
	raw = raw[:len(raw)-pad]
	n := binary.BigEndian.Uint32(raw[16:20])
	if int64(n) > int64(len(raw)-20) {
		return nil, ErrSealed
	}
	message, receiver := raw[20:20+n], raw[20+n:]
	if subtle.ConstantTimeCompare(receiver, []byte(b.receiver)) != 1 {
		return nil, ErrReceiver
	}
	return message, nil
}

// Seal closes a message; random gives its first 16 bytes.
func (b *Box) Seal(message []byte, random io.Reader) (string, error) {
	c, err := aes.NewCipher(b.key)
	if err != nil {
		return "", ErrKey
	}
	raw := make([]byte, 16, 20+len(message)+len(b.receiver)+block)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("seal a message: %w", err)
	}
	raw = binary.BigEndian.AppendUint32(raw, uint32(len(message)))
	raw = append(append(raw, message...), b.receiver...)
	pad := block - len(raw)%block
	for range pad {
		raw = append(raw, byte(pad))
	}
	cipher.NewCBCEncrypter(c, b.key[:aes.BlockSize]).CryptBlocks(raw, raw)
	return base64.StdEncoding.EncodeToString(raw), nil
}

// SignPage is the signature with which a page may use the JS-SDK. What follows # in its address does not count.
func SignPage(ticket, nonce string, timestamp int64, page string) string {
	page, _, _ = strings.Cut(page, "#")
	sum := sha1.Sum([]byte("jsapi_ticket=" + ticket + "&noncestr=" + nonce + "&timestamp=" + strconv.FormatInt(timestamp, 10) + "&url=" + page))
	return hex.EncodeToString(sum[:])
}
