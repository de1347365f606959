package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.time.Duration;

import io.github.rediskit.key.InvalidKeyNameException;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.lock.IfHeld;
import io.github.rediskit.lock.LockRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.expression.EvaluationException;

/**
 * Which lock a {@code @DistributedLock} asks for, and how.
 *
 * @param method the method that it is on
 * @param name the name of the lock
 * @param key which of the locks of that name, or {@code null} if there is one
 * @param maxWait how long a caller waits, or {@code null} for the setting
 * @param lease how long the lock is held at most, or {@code null} for as long as the
 * method runs
 * @param atLeast how long it is held at least, or {@code null} for no longer
 * @param ifHeld what to do when somebody else holds it
 */
record LockRule(Method method, String name, @Nullable MethodExpression key, @Nullable DurationExpression maxWait,
		@Nullable DurationExpression lease, @Nullable DurationExpression atLeast, IfHeld ifHeld) {

	static LockRule read(DistributedLock annotation, Method method, MethodExpressions expressions) {
		String name = expressions.text(annotation.value());
		if (name.isEmpty()) {
			throw expressions.invalid("the value is empty: write the name of the lock", null);
		}
		try {
			new KeySpace(null, name);
		}
		catch (InvalidKeyNameException ex) {
			throw expressions.invalid(String.valueOf(ex.getMessage()), ex);
		}
		LockRule rule = new LockRule(method, name, key(annotation, expressions),
				expressions.waiting("maxWait", annotation.maxWait()), expressions.waiting("lease", annotation.lease()),
				expressions.waiting("atLeast", annotation.atLeast()), annotation.ifHeld());
		if (rule.maxWait != null && rule.ifHeld != IfHeld.WAIT) {
			throw expressions.invalid(
					"a maxWait is for ifHeld = WAIT, and it is %s: leave one of them out".formatted(rule.ifHeld), null);
		}
		try {
			rule.request(LockRequest.of(name), fixed(rule.maxWait), fixed(rule.lease), fixed(rule.atLeast));
		}
		catch (IllegalArgumentException ex) {
			throw expressions.invalid(String.valueOf(ex.getMessage()), ex);
		}
		return rule;
	}

	private static @Nullable MethodExpression key(DistributedLock annotation, MethodExpressions expressions) {
		MethodExpression key = expressions.expression("key", annotation.key(), false);
		if (key != null && key.isConstant()) {
			try {
				if (key.constant() != null) {
					return key;
				}
			}
			catch (RuntimeException ex) {
				throw expressions.invalid("the key '%s' can't be evaluated: %s".formatted(key, ex.getMessage()), ex);
			}
			throw expressions.invalid("the key '%s' yields null: name what is locked, such as #orderId".formatted(key),
					null);
		}
		return key;
	}

	private static @Nullable Duration fixed(@Nullable DurationExpression duration) {
		return (duration != null) ? duration.fixed() : null;
	}

	/** What a call asks for. All that an expression can have wrong shows here. */
	LockRequest request(Call call) {
		return request(identified(call), evaluated(this.maxWait, call), evaluated(this.lease, call),
				evaluated(this.atLeast, call));
	}

	private static @Nullable Duration evaluated(@Nullable DurationExpression duration, Call call) {
		return (duration != null) ? duration.evaluate(call, null) : null;
	}

	private LockRequest identified(Call call) {
		if (this.key == null) {
			return LockRequest.of(this.name);
		}
		Object key;
		try {
			key = this.key.evaluate(call, null);
		}
		catch (EvaluationException ex) {
			throw wrongKey("can't be evaluated: " + ex.getMessage(), ex);
		}
		if (key == null) {
			throw wrongKey("yields null: it must name what is locked", null);
		}
		return LockRequest.of(this.name, key);
	}

	private IllegalArgumentException wrongKey(String problem, @Nullable Throwable cause) {
		return new IllegalArgumentException("The key '%s' of @DistributedLock(\"%s\") on %s %s".formatted(this.key,
				this.name, this.method, problem), cause);
	}

	private LockRequest request(LockRequest lock, @Nullable Duration maxWait, @Nullable Duration lease,
			@Nullable Duration atLeast) {
		return new LockRequest(lock.name(), lock.id(), lock.kind(),
				(this.ifHeld == IfHeld.WAIT) ? maxWait : Duration.ZERO, lease, lease == null,
				(atLeast != null) ? atLeast : Duration.ZERO, null);
	}

}
