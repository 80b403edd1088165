package functions

import "strings"

// userAgent holds the fields derived from a User-Agent header.
type userAgent struct {
	name, version, vendor   string
	os, osVersion, category string
}

const unknown = "UNKNOWN"

// browsers lists browsers in order of precedence, because most identify themselves as others too.
func browsers() []struct{ mark, name, vendor, version string } {
	return []struct{ mark, name, vendor, version string }{
		{"Edg/", "Edge", "Microsoft", "Edg/"},
		{"Edge/", "Edge", "Microsoft", "Edge/"},
		{"OPR/", "Opera", "Opera", "OPR/"},
		{"Opera", "Opera", "Opera", "Version/"},
		{"Vivaldi/", "Vivaldi", "Vivaldi Technologies", "Vivaldi/"},
		{"YaBrowser/", "Yandex Browser", "Yandex", "YaBrowser/"},
		{"SamsungBrowser/", "SamsungBrowser", "Samsung", "SamsungBrowser/"},
		{"MSIE ", "Internet Explorer", "Microsoft", "MSIE "},
		{"Trident/", "Internet Explorer", "Microsoft", "rv:"},
		{"FxiOS/", "Firefox", "Mozilla", "FxiOS/"},
		{"Firefox/", "Firefox", "Mozilla", "Firefox/"},
		{"CriOS/", "Chrome", "Google", "CriOS/"},
		{"Chrome/", "Chrome", "Google", "Chrome/"},
		{"Safari/", "Safari", "Apple", "Version/"},
		{"curl/", "curl", "misc", "curl/"},
		{"Wget/", "Wget", "misc", "Wget/"},
		{"python-requests/", "Python Requests", "misc", "python-requests/"},
		{"Go-http-client/", "Go-http-client", "misc", "Go-http-client/"},
	}
}

func crawlers() []struct{ mark, name string } {
	return []struct{ mark, name string }{
		{"Googlebot-Mobile", "Google Mobile Bot"},
		{"Googlebot", "Googlebot"},
		{"bingbot", "bingbot"},
		{"YandexBot", "YandexBot"},
		{"Baiduspider", "Baiduspider"},
		{"DuckDuckBot", "DuckDuckBot"},
		{"Yahoo! Slurp", "Yahoo! Slurp"},
		{"facebookexternalhit", "facebook"},
		{"Twitterbot", "twitter"},
		{"AhrefsBot", "AhrefsBot"},
		{"Applebot", "Applebot"},
	}
}

func systems() []struct{ mark, name, category string } {
	return []struct{ mark, name, category string }{
		{"Windows Phone", "Windows Phone OS", "smartphone"},
		{"Windows NT 10.0", "Windows 10", "pc"},
		{"Windows NT 6.3", "Windows 8.1", "pc"},
		{"Windows NT 6.2", "Windows 8", "pc"},
		{"Windows NT 6.1", "Windows 7", "pc"},
		{"Windows NT 6.0", "Windows Vista", "pc"},
		{"Windows NT 5.1", "Windows XP", "pc"},
		{"Windows", "Windows UNKNOWN Ver", "pc"},
		{"iPhone", "iPhone", "smartphone"},
		{"iPad", "iPad", "smartphone"},
		{"iPod", "iPod", "smartphone"},
		{"Android", "Android", "smartphone"},
		{"Macintosh", "Mac OSX", "pc"},
		{"Mac OS X", "Mac OSX", "pc"},
		{"CrOS", "ChromeOS", "pc"},
		{"Linux", "Linux", "pc"},
		{"BSD", "BSD", "pc"},
		{"PlayStation", "PlayStation", "appliance"},
		{"Nintendo", "Nintendo", "appliance"},
	}
}

// findVersion returns the version number after a mark.
func findVersion(s, mark string) string {
	_, rest, ok := strings.Cut(s, mark)
	if !ok || mark == "" {
		return ""
	}
	end := strings.IndexFunc(rest, func(c rune) bool { return c != '.' && c != '_' && (c < '0' || c > '9') })
	if end >= 0 {
		rest = rest[:end]
	}
	return strings.Trim(strings.ReplaceAll(rest, "_", "."), ".")
}

func parseUserAgentHeader(s string) userAgent {
	a := userAgent{name: unknown, version: unknown, vendor: unknown, os: unknown, osVersion: unknown, category: unknown}
	for _, o := range systems() {
		if strings.Contains(s, o.mark) {
			a.os, a.category = o.name, o.category
			for _, mark := range []string{o.mark + " OS ", "CPU OS ", "CPU iPhone OS ", "Mac OS X ", "Android ", "Windows NT ", "Windows Phone "} {
				if v := findVersion(s, mark); v != "" {
					a.osVersion = v
					break
				}
			}
			break
		}
	}
	for _, b := range browsers() {
		if strings.Contains(s, b.mark) {
			a.name, a.vendor = b.name, b.vendor
			if v := findVersion(s, b.version); v != "" {
				a.version = v
			}
			if b.vendor == "misc" {
				a.category = "misc"
			}
			break
		}
	}
	for _, c := range crawlers() {
		if strings.Contains(s, c.mark) {
			a.name, a.category = c.name, "crawler"
			a.version, a.vendor, a.os, a.osVersion = unknown, unknown, unknown, unknown
			break
		}
	}
	return a
}

func userAgentFunctions() []Scalar {
	return []Scalar{
		newTextScalar("f_td_parse_agent", func(s string) any {
			a := parseUserAgentHeader(s)
			return JSON(Object{
				{"os", a.os},
				{"vendor", a.vendor},
				{"os_version", a.osVersion},
				{"name", a.name},
				{"category", a.category},
				{"version", a.version},
			})
		}),
		newScalar("f_td_parse_user_agent", 1, 2, formatUserAgent),
	}
}

// otherIfUnknown replaces unknown with Other.
func otherIfUnknown(s string) string {
	if s == unknown {
		return "Other"
	}
	return s
}

// splitVersion returns the first three parts of a version; missing parts are empty.
func splitVersion(version string) (major, minor, patch string) {
	if version == unknown {
		return "", "", ""
	}
	parts := append(strings.SplitN(version, ".", 4), "", "")
	return parts[0], parts[1], parts[2]
}

func formatUserAgent(args []any) (any, error) {
	a := parseUserAgentHeader(toText(args[0]))
	major, minor, patch := splitVersion(a.version)
	osMajor, osMinor, osPatch := splitVersion(a.osVersion)
	osFamily, device := otherIfUnknown(a.os), "Other"
	switch a.os {
	case "iPhone", "iPad", "iPod":
		osFamily, device = "iOS", a.os
	case "Mac OSX":
		osFamily, device = "Mac OS X", "Mac"
	}
	if a.category == "crawler" {
		device = "Spider"
	}
	if len(args) == 1 {
		return JSON(Object{
			{"user_agent", Object{{"family", otherIfUnknown(a.name)}, {"major", major}, {"minor", minor}, {"patch", patch}}},
			{"os", Object{{"family", osFamily}, {"major", osMajor}, {"minor", osMinor}, {"patch", osPatch}}},
			{"device", Object{{"family", device}}},
		}), nil
	}
	switch strings.ToLower(toText(args[1])) {
	case "ua":
		return JSON(Object{{"family", otherIfUnknown(a.name)}, {"major", major}, {"minor", minor}, {"patch", patch}}), nil
	case "ua_family":
		return otherIfUnknown(a.name), nil
	case "ua_major":
		return major, nil
	case "ua_minor":
		return minor, nil
	case "os":
		return JSON(Object{{"family", osFamily}, {"major", osMajor}, {"minor", osMinor}, {"patch", osPatch}}), nil
	case "os_family":
		return osFamily, nil
	case "os_major":
		return osMajor, nil
	case "os_minor":
		return osMinor, nil
	case "device", "device_family":
		return device, nil
	}
	return nil, dataError("Invalid option for TD_PARSE_USER_AGENT: '%s'", clip(toText(args[1])))
}
