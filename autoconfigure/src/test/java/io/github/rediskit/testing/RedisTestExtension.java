package io.github.rediskit.testing;

import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * What {@link RedisTest} promises.
 */
final class RedisTestExtension implements BeforeEachCallback, ParameterResolver {

	@Override
	public void beforeEach(ExtensionContext context) {
		RedisTestServer.shared().flushAll();
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == RedisTestServer.class;
	}

	@Override
	public RedisTestServer resolveParameter(ParameterContext parameter, ExtensionContext context) {
		return RedisTestServer.shared();
	}

}
