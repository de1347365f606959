package io.github.rediskit.web;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says in the log what requests have that rules did not expect, once a minute at most:
 * anybody can send such requests.
 */
final class RequestTrouble {

	private static final Log logger = LogFactory.getLog("io.github.rediskit.web");

	private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private static final AtomicLong NEXT = new AtomicLong(System.nanoTime());

	private RequestTrouble() {
	}

	/** The request itself is not shown: it may hold secrets. */
	static void expression(String what, RequestExpression expression, String consequence, RuntimeException failure) {
		long now = System.nanoTime();
		long next = NEXT.get();
		if (now - next >= 0 && NEXT.compareAndSet(next, now + PAUSE_NANOS)) {
			logger.warn("The %s '%s' of a rule for HTTP requests can't be used, so %s (%s)".formatted(what, expression,
					consequence, failure.getClass().getSimpleName()));
		}
	}

}
