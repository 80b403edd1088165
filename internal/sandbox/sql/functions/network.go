package functions

import (
	"encoding/hex"
	"net/netip"
	"strings"
)

// networkFunctions returns the functions over the types ipaddress and uuid. See
// https://trino.io/docs/current/functions/ipaddress.html and
// https://trino.io/docs/current/functions/uuid.html.
func networkFunctions() []Scalar {
	return []Scalar{
		newScalar("f_cast_ipaddress", 1, 1, func(a []any) (any, error) {
			if b, ok := a[0].([]byte); ok {
				address, ok := netip.AddrFromSlice(b)
				if !ok {
					return nil, dataError("Invalid IP address binary length: %d", len(b))
				}
				return address.Unmap().String(), nil
			}
			address, err := netip.ParseAddr(toText(a[0]))
			if err != nil || address.Zone() != "" {
				return nil, dataError("Cannot cast value to IPADDRESS: %s", clip(toText(a[0])))
			}
			return address.Unmap().String(), nil
		}),
		newScalar("f_ip_bytes", 1, 1, func(a []any) (any, error) {
			address, err := netip.ParseAddr(toText(a[0]))
			if err != nil {
				return nil, dataError("Cannot cast value to IPADDRESS: %s", clip(toText(a[0])))
			}
			b := address.As16()
			return b[:], nil
		}),
		newScalar("f_contains_ip", 2, 2, func(a []any) (any, error) {
			network, err := netip.ParsePrefix(toText(a[0]))
			if err != nil {
				return nil, dataError("Invalid CIDR")
			}
			address, err := netip.ParseAddr(toText(a[1]))
			if err != nil {
				return nil, dataError("Cannot cast value to IPADDRESS: %s", clip(toText(a[1])))
			}
			return network.Contains(address), nil
		}),
		newScalar("f_cast_uuid", 1, 1, func(a []any) (any, error) {
			if b, ok := a[0].([]byte); ok {
				if len(b) != 16 {
					return nil, dataError("Invalid UUID binary length: %d", len(b))
				}
				return formatUUID(b), nil
			}
			b, ok := parseUUID(toText(a[0]))
			if !ok {
				return nil, dataError("Cannot cast value to UUID: %s", clip(toText(a[0])))
			}
			return formatUUID(b), nil
		}),
		newScalar("f_uuid_bytes", 1, 1, func(a []any) (any, error) {
			b, ok := parseUUID(toText(a[0]))
			if !ok {
				return nil, dataError("Cannot cast value to UUID: %s", clip(toText(a[0])))
			}
			return b, nil
		}),
	}
}

// parseUUID parses the 36 characters of a UUID. See https://www.rfc-editor.org/rfc/rfc9562.
func parseUUID(s string) ([]byte, bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return nil, false
	}
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	return b, err == nil && len(b) == 16
}

func formatUUID(b []byte) string {
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
