package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.script.LuaScript;
import org.jspecify.annotations.Nullable;

/**
 * Permits that are given back, or end by themselves.
 */
final class Concurrency implements Ledger {

	static final byte[] RENEW = Ledger.ascii("renew");

	private static final byte[] RELEASE = Ledger.ascii("release");

	private static final LuaScript SCRIPT = LuaScript.load(Concurrency.class, "concurrency.lua");

	private final Limit limit;

	private final byte[] size;

	private final byte[] hold;

	Concurrency(RateLimitPolicy policy) {
		this.limit = policy.limits().get(0);
		this.size = Ledger.ascii(this.limit.limit());
		this.hold = Ledger.ascii(RateLimitPolicy.micros(policy.hold()));
	}

	@Override
	public LuaScript script() {
		return SCRIPT;
	}

	@Override
	public byte[][] limits(byte[] what) {
		return new byte[][] { what, this.size, this.hold };
	}

	@Override
	public byte[][] call(long cost, String permit) {
		return new byte[][] { Ledger.ascii(cost), Ledger.ascii(permit) };
	}

	@Override
	public byte[][] refund(long cost, String permit, List<Long> receipt) {
		return arguments(RELEASE, cost, permit);
	}

	@Override
	public int width() {
		return 4;
	}

	@Override
	public Tally read(List<@Nullable Object> reply, int from, long cost) {
		return new Tally(Tally.number(reply, from) == 1,
				List.of(new RateLimitStatus(this.limit.limit(), this.limit.period(),
						Math.max(0, this.limit.limit() - Tally.number(reply, from + 1)),
						Tally.micros(Tally.number(reply, from + 2)), Tally.micros(Tally.number(reply, from + 3)))),
				Duration.ZERO, List.of());
	}

}
