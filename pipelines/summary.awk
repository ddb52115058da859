# awk -f summary.awk [-v from=COLUMN] TABLE: of each column from the second, or
# from that one, of a table with one line of names, columns separated by tabs:
# mean, standard deviation (of a sample: n - 1), and the ends of the mean's 95 %
# interval by Student's t, mean -+ t(0.975, n - 1) sd / sqrt(n). Four lines of a
# table with the same columns. With one line of numbers there is only a mean.

# P(|T| <= t) with v degrees of freedom: Abramowitz and Stegun, "Handbook of
# Mathematical Functions", 26.7.3 (odd v) and 26.7.4 (even).
function within(t, v,    th, c, term, sum, k, odd) {
	th = atan2(t, sqrt(v))
	c = cos(th)
	odd = v % 2
	term = odd ? c : 1
	for (k = odd; k <= v - 2; k += 2) {
		sum += term
		term *= c * c * (k + 1) / (k + 2)
	}
	sum *= sin(th)
	return odd ? (th + sum) / atan2(1, 0) : sum
}

# The t with within(t, v) = p, by bisection.
function quantile(p, v,    low, high, mid, i) {
	for (high = 1; within(high, v) < p; high *= 2)
		low = high
	for (i = 0; i < 100; i++) {
		mid = (low + high) / 2
		if (within(mid, v) < p)
			low = mid
		else
			high = mid
	}
	return high
}

function line(name, value,    i) {
	printf "%s", name
	for (i = 2; i <= columns; i++)
		printf "\t%s", i < from ? "-" : value[i]
	print ""
}

BEGIN {
	FS = "\t"
	if (!from)
		from = 2
}
NR == 1 {
	columns = NF
	next
}
{
	n++
	for (i = from; i <= columns; i++) {
		x[n, i] = $i
		sum[i] += $i
	}
}
END {
	if (n == 0)
		exit 2
	t = n > 1 ? quantile(0.95, n - 1) : 0
	for (i = from; i <= columns; i++) {
		m = sum[i] / n
		for (k = 1; k <= n; k++)
			squares[i] += (x[k, i] - m) ^ 2
		s = n > 1 ? sqrt(squares[i] / (n - 1)) : 0
		half = t * s / sqrt(n)
		mean[i] = sprintf("%.6g", m)
		sd[i] = n > 1 ? sprintf("%.6g", s) : "-"
		low[i] = n > 1 ? sprintf("%.6g", m - half) : "-"
		high[i] = n > 1 ? sprintf("%.6g", m + half) : "-"
	}
	line("mean", mean)
	line("sd", sd)
	line("low", low)
	line("high", high)
}
