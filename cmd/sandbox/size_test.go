package sandbox

import "testing"

func TestByteSize(t *testing.T) {
	for text, want := range map[string]string{
		"1": "1", "1000": "1000", "1024": "1K", "3k": "3K", "512M": "512M", "2g": "2G", "1024M": "1G", "8388608K": "8G",
	} {
		var s byteSize
		if err := s.Set(text); err != nil || s.String() != want {
			t.Errorf("%s: %s, %v; want %s", text, s.String(), err, want)
		}
	}
	for _, text := range []string{"", "M", "0", "-1", "1.5G", "1T", "x", "9223372036854775807K", "1 M"} {
		s := byteSize(7)
		if err := s.Set(text); err == nil || s != 7 {
			t.Errorf("%s: %s, %v", text, s.String(), err)
		}
	}
}
