package io.github.rediskit.ratelimit;

import java.math.BigInteger;

/**
 * Division of products of two longs, without rounding them on the way.
 *
 * @param quotient rounded down
 * @param remainder what was left
 */
record Exact(long quotient, long remainder) {

	/** Divides (a · b + c) / d, where nothing is negative and the quotient is a long. */
	static Exact divide(long a, long b, long c, long d) {
		long product = a * b;
		if (Math.multiplyHigh(a, b) == 0 && product >= 0 && product + c >= 0) {
			return new Exact((product + c) / d, (product + c) % d);
		}
		BigInteger[] result = BigInteger.valueOf(a)
			.multiply(BigInteger.valueOf(b))
			.add(BigInteger.valueOf(c))
			.divideAndRemainder(BigInteger.valueOf(d));
		return new Exact(result[0].longValueExact(), result[1].longValueExact());
	}

}
