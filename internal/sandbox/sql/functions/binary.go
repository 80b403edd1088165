package functions

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"hash/crc32"
	"strings"
)

// binaryFunctions returns encodings and digests. See
// https://trino.io/docs/current/functions/binary.html.
func binaryFunctions() []Scalar {
	list := []Scalar{
		newTextScalar("f_to_hex", func(s string) any { return strings.ToUpper(hex.EncodeToString([]byte(s))) }),
		newScalar("f_from_hex", 1, 1, func(a []any) (any, error) {
			b, err := hex.DecodeString(toText(a[0]))
			if err != nil {
				return nil, dataError("Invalid hex string: %s", clip(toText(a[0])))
			}
			return b, nil
		}),
		newTextScalar("f_crc32", func(s string) any { return int64(crc32.ChecksumIEEE([]byte(s))) }),
		newTextScalar("f_to_base64", func(s string) any { return base64.StdEncoding.EncodeToString([]byte(s)) }),
		newTextScalar("h_base64", func(s string) any { return base64.StdEncoding.EncodeToString([]byte(s)) }),
		newTextScalar("f_to_base64url", func(s string) any { return base64.URLEncoding.EncodeToString([]byte(s)) }),
		newScalar("f_from_base64", 1, 1, decodeBase64(base64.StdEncoding, base64.RawStdEncoding)),
		newScalar("f_from_base64url", 1, 1, decodeBase64(base64.URLEncoding, base64.RawURLEncoding)),
		newScalar("h_unbase64", 1, 1, func(a []any) (any, error) {
			return nullOnError(decodeBase64(base64.StdEncoding, base64.RawStdEncoding)(a))
		}),
		newScalar("h_sha2", 2, 2, func(a []any) (any, error) {
			bits, err := toCount(a[1])
			if err != nil {
				return nil, err
			}
			sizes := map[int]func() hash.Hash{0: sha256.New, 1: sha1.New, 224: sha256.New224, 256: sha256.New, 384: sha512.New384, 512: sha512.New}
			h, ok := sizes[bits]
			if !ok {
				return nil, nil
			}
			return hex.EncodeToString(hashText(h(), toText(a[0]))), nil
		}),
	}
	for name, h := range map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New} {
		list = append(
			list,
			newTextScalar("f_"+name, func(s string) any { return hashText(h(), s) }),
			newScalar("f_hmac_"+name, 2, 2, func(a []any) (any, error) {
				key := toText(a[1])
				if key == "" {
					return nil, dataError("Empty key")
				}
				return hashText(hmac.New(h, []byte(key)), toText(a[0])), nil
			}),
		)
	}
	for name, h := range map[string]func() hash.Hash{"h_md5": md5.New, "h_sha1": sha1.New, "f_td_md5": md5.New} {
		list = append(list, newTextScalar(name, func(s string) any { return hex.EncodeToString(hashText(h(), s)) }))
	}
	return list
}

func hashText(h hash.Hash, s string) []byte {
	_, _ = h.Write([]byte(s)) // a hash never returns an error
	return h.Sum(nil)
}

func decodeBase64(padded, raw *base64.Encoding) func([]any) (any, error) {
	return func(a []any) (any, error) {
		s := toText(a[0])
		b, err := padded.DecodeString(s)
		if err != nil {
			b, err = raw.DecodeString(s)
		}
		if err != nil {
			return nil, dataError("Invalid base64 string: %s", clip(s))
		}
		return b, nil
	}
}
