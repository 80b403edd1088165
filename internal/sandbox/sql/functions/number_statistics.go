package functions

import "math"

// distributionFunctions returns probability distributions. See
// https://trino.io/docs/current/functions/math.html.
func distributionFunctions() []Scalar {
	return []Scalar{
		newDoublesScalar("f_normal_cdf", 3, func(a []float64) (float64, error) {
			if !(a[1] > 0) {
				return 0, dataError("standardDeviation must be > 0")
			}
			return 0.5 * (1 + math.Erf((a[2]-a[0])/(a[1]*math.Sqrt2))), nil
		}),
		newDoublesScalar("f_inverse_normal_cdf", 3, func(a []float64) (float64, error) {
			if !(a[2] > 0 && a[2] < 1) {
				return 0, dataError("p must be 0 > p > 1")
			}
			if !(a[1] > 0) {
				return 0, dataError("sd must be > 0")
			}
			return a[0] + a[1]*math.Sqrt2*math.Erfinv(2*a[2]-1), nil
		}),
		newDoublesScalar("f_beta_cdf", 3, func(a []float64) (float64, error) {
			if !(a[2] >= 0 && a[2] <= 1) {
				return 0, dataError("value must be 0 >= v >= 1")
			}
			if err := checkBetaParameters(a[0], a[1]); err != nil {
				return 0, err
			}
			return regularizedBeta(a[2], a[0], a[1]), nil
		}),
		newDoublesScalar("f_inverse_beta_cdf", 3, func(a []float64) (float64, error) {
			if !(a[2] >= 0 && a[2] <= 1) {
				return 0, dataError("p must be 0 >= p >= 1")
			}
			if err := checkBetaParameters(a[0], a[1]); err != nil {
				return 0, err
			}
			return invertBeta(a[2], a[0], a[1]), nil
		}),
		newDoublesScalar("f_t_cdf", 2, func(a []float64) (float64, error) {
			x, freedom := a[0], a[1]
			if !(freedom >= 1) {
				return 0, dataError("degrees of freedom must be greater than or equal to 1")
			}
			if math.IsNaN(x) {
				return x, nil
			}
			tail := regularizedBeta(freedom/(freedom+x*x), freedom/2, 0.5) / 2
			if x > 0 {
				return 1 - tail, nil
			}
			return tail, nil
		}),
		newDoublesScalar("f_t_pdf", 2, func(a []float64) (float64, error) {
			x, freedom := a[0], a[1]
			if !(freedom >= 1) {
				return 0, dataError("degrees of freedom must be greater than or equal to 1")
			}
			above, _ := math.Lgamma((freedom + 1) / 2)
			below, _ := math.Lgamma(freedom / 2)
			return math.Exp(above - below - (math.Log(math.Pi)+math.Log(freedom))/2 - (freedom+1)/2*math.Log1p(x*x/freedom)), nil
		}),
		newDoublesScalar("f_wilson_interval_lower", 3, func(a []float64) (float64, error) { return wilsonInterval(a, -1) }),
		newDoublesScalar("f_wilson_interval_upper", 3, func(a []float64) (float64, error) { return wilsonInterval(a, 1) }),
	}
}

// newDoublesScalar returns a Scalar with n double arguments.
func newDoublesScalar(name string, n int, f func([]float64) (float64, error)) Scalar {
	return newScalar(name, n, n, func(args []any) (any, error) {
		values := make([]float64, n)
		for i, a := range args {
			var err error
			if values[i], err = toDouble(a); err != nil {
				return nil, err
			}
		}
		x, err := f(values)
		if err != nil {
			return nil, err
		}
		return x, nil
	})
}

func checkBetaParameters(a, b float64) error {
	if !(a > 0 && b > 0) {
		return dataError("a, b must be > 0")
	}
	return nil
}

// regularizedBeta returns the regularized incomplete beta function I_x(a, b), computed with the
// continued fraction of https://dlmf.nist.gov/8.17.
func regularizedBeta(x, a, b float64) float64 {
	if x <= 0 || x >= 1 {
		return min(max(x, 0), 1)
	}
	if x > (a+1)/(a+b+2) {
		return 1 - regularizedBeta(1-x, b, a)
	}
	logGamma := func(v float64) float64 {
		g, _ := math.Lgamma(v)
		return g
	}
	front := math.Exp(a*math.Log(x) + b*math.Log1p(-x) + logGamma(a+b) - logGamma(a) - logGamma(b))
	const tiny = 1e-300
	f, c, d := 1.0, 1.0, 0.0
	for i := range 2000 {
		m := float64(i / 2)
		var numerator float64
		switch {
		case i == 0:
			numerator = 1
		case i%2 == 0:
			numerator = m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		default:
			numerator = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		if d = 1 + numerator*d; math.Abs(d) < tiny {
			d = tiny
		}
		d = 1 / d
		if c = 1 + numerator/c; math.Abs(c) < tiny {
			c = tiny
		}
		f *= c * d
		if math.Abs(1-c*d) < 1e-16 {
			break
		}
	}
	return front * (f - 1) / a
}

// invertBeta returns the x for which regularizedBeta(x, a, b) is p, by bisection.
func invertBeta(p, a, b float64) float64 {
	if p == 0 || p == 1 {
		return p
	}
	low, high := 0.0, 1.0
	for range 200 {
		middle := low + (high-low)/2
		if middle == low || middle == high {
			break
		}
		if regularizedBeta(middle, a, b) < p {
			low = middle
		} else {
			high = middle
		}
	}
	if high < betaAccuracy {
		return 0
	}
	return low + (high-low)/2
}

// betaAccuracy is the absolute accuracy of inverse_beta_cdf in Trino.
const betaAccuracy = 1e-9

// wilsonInterval returns the lower or upper bound of the Wilson score interval; a holds the number of
// successes, the number of trials and z.
func wilsonInterval(a []float64, sign float64) (float64, error) {
	successes, n, z := a[0], a[1], a[2]
	switch {
	case successes < 0:
		return 0, dataError("number of successes must not be negative")
	case n <= 0:
		return 0, dataError("number of trials must be positive")
	case successes > n:
		return 0, dataError("number of successes must not be larger than number of trials")
	case z < 0:
		return 0, dataError("z-score must not be negative")
	}
	p := successes / n
	return (p + z*z/(2*n) + sign*z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))) / (1 + z*z/n), nil
}
