package functions

import (
	"math"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// hivemallTextFunctions returns functions on texts. See https://hivemall.apache.org/userguide/misc/tokenizer.html.
func hivemallTextFunctions() []Scalar {
	return []Scalar{
		newScalar("h_tokenize", 1, 2, func(a []any) (any, error) {
			words := strings.FieldsFunc(toText(a[0]), func(c rune) bool { return strings.ContainsRune(" .,?!:;()<>[]\b\t\n\f\r\"'\\", c) })
			if len(a) == 2 && toBool(a[1]) {
				for i, w := range words {
					words[i] = strings.ToLower(w)
				}
			}
			return formatTextArray(words), nil
		}),
		newScalar("h_normalize_unicode", 1, 2, func(a []any) (any, error) {
			form := "NFC"
			if len(a) == 2 {
				form = toText(a[1])
			}
			forms := map[string]norm.Form{"NFC": norm.NFC, "NFD": norm.NFD, "NFKC": norm.NFKC, "NFKD": norm.NFKD}
			if f, ok := forms[form]; ok {
				return f.String(toText(a[0])), nil
			}
			return norm.NFC.String(toText(a[0])), nil
		}),
	}
}

// hivemallWordFunctions returns functions on words.
func hivemallWordFunctions() []Scalar {
	return []Scalar{
		newArrayArgsScalar("h_word_ngrams", 3, 3, func(v, rest []any) (any, error) {
			least, err := toCount(rest[0])
			if err != nil {
				return nil, err
			}
			most, err := toCount(rest[1])
			if err != nil {
				return nil, err
			}
			if least < 1 || least > most {
				return nil, dataError("word_ngrams: minSize must be from 1 to maxSize: %d, %d", least, most)
			}
			words := make([]string, len(v))
			for i, w := range v {
				words[i] = toText(w)
			}
			grams := []string{}
			for i := range words {
				for n := least; n <= most && i+n <= len(words); n++ {
					grams = append(grams, strings.Join(words[i:i+n], " "))
				}
			}
			return formatTextArray(grams), nil
		}),
		newScalar("h_base91", 1, 1, func(a []any) (any, error) { return encodeBase91([]byte(toText(a[0]))), nil }),
		newScalar("h_unbase91", 1, 1, func(a []any) (any, error) { return decodeBase91(toText(a[0])) }),
		newScalar("h_bm25", 5, 6, scoreBM25),
		newScalar("h_map_url", 3, 4, func(a []any) (any, error) {
			lat, err := toDouble(a[0])
			if err != nil {
				return nil, err
			}
			lon, err := toDouble(a[1])
			if err != nil {
				return nil, err
			}
			zoom, err := toCount(a[2])
			if err != nil || zoom < 0 || zoom > 30 {
				return nil, dataError("map_url: the zoom level must be from 0 to 30: %s", clip(toText(a[2])))
			}
			kind := "openstreetmap"
			if len(a) == 4 {
				options := strings.Fields(toText(a[3]))
				if len(options) != 2 || options[0] != "-t" && options[0] != "-type" {
					return nil, notSupported("map_url with the options '%s' is not supported by the sandbox", clip(toText(a[3])))
				}
				kind = strings.ToLower(options[1])
			}
			switch kind {
			case "osm", "openstreetmap":
				return "http://tile.openstreetmap.org/" + toText(int64(zoom)) + "/" + toText(tileX(lon, zoom)) + "/" + toText(tileY(lat, zoom)) + ".png", nil
			case "google", "googlemaps":
				return "https://www.google.com/maps/@" + FormatDouble(lat) + "," + FormatDouble(lon) + "," + toText(int64(zoom)) + "z", nil
			}
			return nil, dataError("map_url: unexpected map type: %s", clip(kind))
		}),
	}
}

// tileX and tileY return the tile of a coordinate. See https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames.
func tileX(lon float64, zoom int) int64 {
	n := math.Exp2(float64(zoom))
	return int64(max(0, min(n-1, math.Floor((lon+180)/360*n))))
}

func tileY(lat float64, zoom int) int64 {
	n, r := math.Exp2(float64(zoom)), lat*math.Pi/180
	return int64(max(0, min(n-1, math.Floor((1-math.Log(math.Tan(r)+1/math.Cos(r))/math.Pi)/2*n))))
}

// scoreBM25 implements bm25(tf, docLength, avgDocLength, numDocs, numDocsWithTerm[, options]). See
// https://hivemall.apache.org/userguide/ft_engineering/bm25.html.
func scoreBM25(a []any) (any, error) {
	var x [5]float64
	for i := range x {
		var err error
		if x[i], err = toDouble(a[i]); err != nil {
			return nil, err
		}
	}
	settings := map[string]float64{"-b": 0.75, "-k1": 1.2, "-d": 0, "-min_idf": 1e-8}
	aliases := map[string]string{"-delta": "-d", "-epsilon": "-min_idf"}
	if len(a) == 6 {
		options := strings.Fields(toText(a[5]))
		for i := 0; i+1 < len(options); i += 2 {
			name := options[i]
			if long, ok := aliases[name]; ok {
				name = long
			}
			value, err := parseDouble(options[i+1])
			if _, known := settings[name]; !known || err != nil {
				return nil, dataError("bm25: unexpected option: %s %s", clip(options[i]), clip(options[i+1]))
			}
			settings[name] = value
		}
	}
	tf, length, average, docs, withTerm := x[0], x[1], x[2], x[3], x[4]
	k1, b := settings["-k1"], settings["-b"]
	idf := max(settings["-min_idf"], math.Log10(1+(docs-withTerm+0.5)/(withTerm+0.5)))
	return idf * (tf*(k1+1)/(tf+k1*(1-b+b*length/average)) + settings["-d"]), nil
}

const base91Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,-./:;<=>?@[]^_`{|}~"

// encodeBase91 encodes in basE91, with Hivemall's alphabet. See https://base91.sourceforge.net/.
func encodeBase91(data []byte) string {
	var out []byte
	queue, n := uint(0), uint(0)
	for _, c := range data {
		queue |= uint(c) << n
		if n += 8; n <= 13 {
			continue
		}
		v := queue & 8191
		width := uint(13)
		if v <= 88 {
			v, width = queue&16383, 14
		}
		queue, n = queue>>width, n-width
		out = append(out, base91Alphabet[v%91], base91Alphabet[v/91])
	}
	if n > 0 {
		if out = append(out, base91Alphabet[queue%91]); n > 7 || queue > 90 {
			out = append(out, base91Alphabet[queue/91])
		}
	}
	return string(out)
}

// decodeBase91 reverses encodeBase91.
func decodeBase91(s string) (any, error) {
	out := []byte{}
	queue, n, low := uint(0), uint(0), -1
	for _, c := range []byte(s) {
		d := strings.IndexByte(base91Alphabet, c)
		if d < 0 {
			return nil, dataError("unbase91: unexpected character: %q", c)
		}
		if low < 0 {
			low = d
			continue
		}
		v := uint(low + d*91)
		low = -1
		queue |= v << n
		if n += 13; v&8191 <= 88 {
			n++
		}
		for ; n > 7; n -= 8 {
			out = append(out, byte(queue))
			queue >>= 8
		}
	}
	if low >= 0 {
		out = append(out, byte(queue|uint(low)<<n))
	}
	return out, nil
}
