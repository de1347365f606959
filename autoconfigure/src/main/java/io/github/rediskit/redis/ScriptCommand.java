package io.github.rediskit.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

import io.github.rediskit.script.LuaScript;
import io.lettuce.core.protocol.CommandType;
import org.jspecify.annotations.Nullable;

/**
 * A script, called by its digest. A server that has forgotten it is sent its text, and
 * the answer to that is the answer.
 */
final class ScriptCommand extends GatewayCommand<List<@Nullable Object>> {

	private static final String FORGOTTEN = "NOSCRIPT";

	private final LettuceGateway redis;

	private final LuaScript script;

	private final byte[][] keys;

	private final byte[][] arguments;

	ScriptCommand(LettuceGateway redis, LuaScript script, byte[][] keys, byte[][] arguments,
			Consumer<@Nullable Throwable> observer) {
		super(script.name(), CommandType.EVALSHA,
				EncodedArguments.ofScript(script.sha1().getBytes(StandardCharsets.US_ASCII), keys, arguments),
				new ArrayOutput(), observer);
		this.redis = redis;
		this.script = script;
		this.keys = keys;
		this.arguments = arguments;
	}

	@Override
	public void complete() {
		String error = getOutput().getError();
		if (error != null && error.startsWith(FORGOTTEN) && !isDone()) {
			this.redis.runText(this.script, this.keys, this.arguments).whenComplete((answer, failure) -> {
				if (failure != null) {
					completeExceptionally(failure);
				}
				else {
					complete(answer);
				}
			});
		}
		else {
			super.complete();
		}
	}

}
