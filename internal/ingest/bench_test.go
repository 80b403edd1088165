package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"
)

// sample returns about size bytes of lines like those of a web server.
func sample(format Format, size int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	agents := []string{
		"Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/535.11 (KHTML, like Gecko)", "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1)",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_7_3)", "Mozilla/4.0 (compatible; GoogleToolbar 4.0)",
	}
	var b bytes.Buffer
	if format == CSV {
		b.WriteString("time,host,user,method,path,code,referer,size,agent\n")
	}
	for i := 0; b.Len() < size; i++ {
		at := time.Unix(int64(1412146800+i), 0).UTC()
		host := fmt.Sprintf("%d.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256))
		path, code, bytes := fmt.Sprintf("/item/sports/%d", r.IntN(5000)), 200+r.IntN(2)*204, r.IntN(1000)
		agent := agents[r.IntN(len(agents))]
		switch format {
		case JSON:
			fmt.Fprintf(&b, `{"time":%d,"host":%q,"user":null,"method":"GET","path":%q,"code":%d,"referer":"-","size":%d,"agent":%q}`+"\n", at.Unix(), host, path, code, bytes, agent)
		case CSV:
			fmt.Fprintf(&b, "%d,%s,,GET,%s,%d,-,%d,%q\n", at.Unix(), host, path, code, bytes, agent)
		case Apache:
			fmt.Fprintf(&b, "%s - - [%s] \"GET %s HTTP/1.1\" %d %d \"-\" %q\n", host, at.Format("02/Jan/2006:15:04:05 -0700"), path, code, bytes, agent)
		case Syslog:
			fmt.Fprintf(&b, "%s host%d app[%d]: %s %s %q\n", at.Format(time.Stamp), r.IntN(9), r.IntN(30000), host, path, agent)
		}
	}
	return b.Bytes()
}

// BenchmarkRead reads each format and reports the time relative to gzip -6 of the same bytes.
func BenchmarkRead(b *testing.B) {
	for _, format := range []Format{JSON, CSV, Apache, Syslog} {
		text := sample(format, 32<<20)
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/workers=%d", format, workers), func(b *testing.B) {
				o := Options{Format: format, Header: format == CSV, Workers: workers, Location: time.UTC}
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				var alone time.Duration
				for b.Loop() {
					stats, err := Read(context.Background(), "in", bytes.NewReader(text), o, func(Part) error { return nil })
					if err != nil || stats.Bad > 0 {
						b.Fatal(stats, err)
					}
					b.StopTimer()
					alone += zip(b, text)
					b.StartTimer()
				}
				b.ReportMetric(b.Elapsed().Seconds()/alone.Seconds(), "gzips")
			})
		}
	}
}

// zip returns the time of gzip -6.
func zip(b *testing.B, text []byte) time.Duration {
	start := time.Now()
	z, err := gzip.NewWriterLevel(io.Discard, 6)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := z.Write(text); err != nil {
		b.Fatal(err)
	}
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// BenchmarkConvert converts JSON without compression.
func BenchmarkConvert(b *testing.B) {
	text := sample(JSON, 1<<20)
	p, err := newConfig(Options{Format: JSON})
	if err != nil {
		b.Fatal(err)
	}
	e := &encoder{config: p}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		e.out, e.records = e.out[:0], 0
		for rest := text; len(rest) > 0; {
			line, after, _ := bytes.Cut(rest, []byte("\n"))
			if err := e.jsonLine(line); err != nil {
				b.Fatal(err)
			}
			rest = after
		}
	}
}
