// Package sample generates the sample tables of a new sandbox. The rows are the
// same on all machines.
package sample

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// Database is the name of the sample database.
const Database = "sample_datasets"

// A Table is a generated table. As in table schemas, Columns omits the time column.
type Table struct {
	Name    string
	Columns []engine.Column
	Records iter.Seq2[engine.Record, error]
}

// Tables returns the sample tables.
func Tables() []Table {
	return []Table{
		{Name: "nasdaq", Columns: columns("symbol string", "open double", "high double", "low double", "close double", "volume long"), Records: nasdaq},
		{Name: "www_access", Columns: columns("host string", "path string", "user string", "method string", "code long", "size long", "agent string", "referer string"), Records: wwwAccess},
	}
}

func columns(specs ...string) []engine.Column {
	list := make([]engine.Column, len(specs))
	for i, spec := range specs {
		list[i].Name, list[i].Type, _ = strings.Cut(spec, " ")
	}
	return list
}

// A source draws random values. It uses only integers, because compilers may fuse
// floating-point operations on some processors, which changes the rounding
// (https://go.dev/ref/spec#Floating_point_operators).
type source struct {
	*rand.Rand
	categories []string
}

func newSource(seed uint64) source {
	return source{rand.New(rand.NewPCG(seed, 0x7d)), categories()}
}

// skewed returns a number in [0, n). Small numbers are more frequent.
func (s source) skewed(n int) int { return s.IntN(s.IntN(n) + 1) }

func (s source) pick(from []string) string { return from[s.IntN(len(from))] }

// wwwAccess yields 5,000 requests to a web shop within 24 hours from 2014-10-03 00:00
// UTC, sorted by time.
func wwwAccess(yield func(engine.Record, error) bool) {
	const rows, day = 5000, 24 * 60 * 60
	s, agents := newSource(1), agents()
	start := time.Date(2014, 10, 3, 0, 0, 0, 0, time.UTC).Unix()
	for i := range int64(rows) {
		path := s.path()
		method, code := "GET", int64(200)
		switch n := s.IntN(100); {
		case n < 6:
			method = "POST"
		case n < 9:
			code = 404
		case n < 10:
			code = 500
		}
		visitor := s.skewed(400)
		var user any
		if visitor%3 == 0 {
			user = fmt.Sprintf("user%03d", visitor)
		}
		record := engine.Record{
			{Key: "host", Value: fmt.Sprintf("%d.%d.%d.%d", 20+visitor*7%200, visitor*31%256, visitor*17%256, 1+visitor%254)},
			{Key: "path", Value: path},
			{Key: "user", Value: user},
			{Key: "method", Value: method},
			{Key: "code", Value: code},
			{Key: "size", Value: int64(40 + s.IntN(100))},
			{Key: "agent", Value: agents[visitor%len(agents)]},
			{Key: "referer", Value: s.referer()},
			{Key: "time", Value: start + i*day/rows + int64(s.IntN(17))},
		}
		if !yield(record, nil) {
			return
		}
	}
}

func (s source) path() string {
	category := s.categories[s.skewed(len(s.categories))]
	switch s.IntN(5) {
	case 0, 1:
		return "/category/" + category
	case 2, 3:
		return fmt.Sprintf("/item/%s/%d", category, 1+s.skewed(500))
	default:
		return "/search/?c=" + category
	}
}

func (s source) referer() string {
	switch s.IntN(3) {
	case 0:
		return "-"
	case 1:
		return "http://www.google.com/search?q=" + s.pick(s.categories)
	default:
		return s.path()
	}
}

func categories() []string {
	return []string{
		"electronics", "books", "games", "software", "toys", "music", "office", "giftcards", "health",
		"cameras", "networking", "jewelry", "finance", "garden", "sports",
	}
}

func agents() []string {
	return []string{
		"Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/37.0.2062.124 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_5) AppleWebKit/600.1.17 (KHTML, like Gecko) Version/7.1 Safari/537.85.10",
		"Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
		"Mozilla/5.0 (X11; Linux x86_64; rv:32.0) Gecko/20100101 Firefox/32.0",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 8_0_2 like Mac OS X) AppleWebKit/600.1.4 (KHTML, like Gecko) Version/8.0 Mobile/12A405 Safari/600.1.4",
		"Mozilla/5.0 (Linux; Android 4.4.4; Nexus 5) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/37.0.2062.117 Mobile Safari/537.36",
		"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
	}
}

// nasdaq yields a row for each symbol and working day from 2012-10-01 to 2014-09-30,
// sorted by day.
func nasdaq(yield func(engine.Record, error) bool) {
	s, symbols := newSource(2), symbols()
	prices := make([]int64, len(symbols)) // cents
	for i := range prices {
		prices[i] = int64(500 + s.IntN(60000))
	}
	end := time.Date(2014, 10, 1, 0, 0, 0, 0, time.UTC)
	for day := time.Date(2012, 10, 1, 0, 0, 0, 0, time.UTC); day.Before(end); day = day.AddDate(0, 0, 1) {
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		for i, symbol := range symbols {
			open := s.near(prices[i], 10)
			last := s.near(open, 25)
			high, low := max(open, last)+s.Int64N(open/100+1), min(open, last)-s.Int64N(open/100+1)
			prices[i] = last
			record := engine.Record{
				{Key: "symbol", Value: symbol},
				{Key: "open", Value: dollars(open)},
				{Key: "high", Value: dollars(high)},
				{Key: "low", Value: dollars(low)},
				{Key: "close", Value: dollars(last)},
				{Key: "volume", Value: int64(1000+s.IntN(9000)) * int64(1+s.skewed(400))},
				{Key: "time", Value: day.Unix()},
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}

// near returns a random price that differs from price by at most the given permille.
// It is at least one dollar.
func (s source) near(price, permille int64) int64 {
	span := price*permille/1000 + 1
	return max(100, price-span+s.Int64N(2*span+1))
}

// dollars converts cents. A single division is rounded equally on all processors.
func dollars(cents int64) float64 { return float64(cents) / 100 }

func symbols() []string {
	return []string{
		"AAPL", "ADBE", "AMZN", "CSCO", "EBAY", "FB", "GOOG", "INTC",
		"MSFT", "NFLX", "NVDA", "ORCL", "QCOM", "SBUX", "TSLA", "YHOO",
	}
}
