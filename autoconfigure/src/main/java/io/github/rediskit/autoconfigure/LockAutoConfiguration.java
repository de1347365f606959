package io.github.rediskit.autoconfigure;

import java.util.List;
import java.util.function.Consumer;

import io.github.rediskit.jdbc.FencedUpdates;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.lock.AsyncDistributedLocks;
import io.github.rediskit.lock.BlockingDistributedLocks;
import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.FencedValues;
import io.github.rediskit.lock.LockListener;
import io.github.rediskit.lock.LockSettings;
import io.github.rediskit.lock.RedisDistributedLocks;
import io.github.rediskit.lock.RedisFencedValues;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.spring.AnnotationSearch;
import io.github.rediskit.spring.LockAdvisor;
import io.github.rediskit.spring.LockTransactions;
import io.github.rediskit.spring.LockedMethods;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.task.TaskDecorator;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Locks by {@code @DistributedLock} and the {@link DistributedLocks} and
 * {@link AsyncDistributedLocks} beans.
 */
@AutoConfiguration(after = RedisConnectionsAutoConfiguration.class,
		afterName = "org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration")
@ConditionalOnBean(RedisConnections.class)
@EnableConfigurationProperties(LockProperties.class)
@Import(AutoProxyRegistrar.class)
@ImportRuntimeHints(LockAutoConfiguration.ScriptHints.class)
public final class LockAutoConfiguration {

	@Bean
	LoggingLockListener rediskitLoggingLockListener() {
		return new LoggingLockListener();
	}

	/** Made at the start in any case: wrong settings are to be found then. */
	@Bean
	LockSettings rediskitLockSettings(LockProperties properties) {
		return properties.settings();
	}

	/**
	 * Stopped when it is destroyed, too: a start that fails does not stop what it made.
	 */
	@Bean(destroyMethod = "stop")
	@ConditionalOnMissingBean(AsyncDistributedLocks.class)
	ManagedLocks rediskitAsyncDistributedLocks(RoleGateways gateways, KeySpace keys, LockSettings settings,
			ObjectProvider<LockListener> listeners) {
		return new ManagedLocks(() -> new RedisDistributedLocks(gateways.guarded(ConnectionRole.LOCK), keys, settings,
				listeners.orderedStream().toList()), RoleGateways.PHASE_OF_USERS);
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(DistributedLocks.class)
	BlockingDistributedLocks rediskitDistributedLocks(AsyncDistributedLocks locks) {
		return new BlockingDistributedLocks(locks);
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(FencedValues.class)
	RedisFencedValues rediskitFencedValues(RoleGateways gateways, KeySpace keys) {
		return new RedisFencedValues(gateways.guarded(ConnectionRole.LOCK), keys);
	}

	/**
	 * The first call finds a connection, which is no part of its wait; an application
	 * without locked methods opens none.
	 */
	@Bean
	SmartInitializingSingleton rediskitLockWarmUp(RoleGateways gateways, LockAdvisor advisor) {
		return () -> {
			if (!advisor.methods().isNothingLocked()) {
				gateways.warmUp(ConnectionRole.LOCK);
			}
		};
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static LockAdvisor rediskitLockAdvisor(ConfigurableBeanFactory beanFactory, AnnotationSearch search,
			ObjectProvider<DistributedLocks> blocking, ObjectProvider<AsyncDistributedLocks> async,
			ObjectProvider<LockListener> listeners, ObjectProvider<TaskDecorator> decorators) {
		return new LockAdvisor(new LockedMethods(beanFactory::resolveEmbeddedValue, search),
				() -> new LockAdvisor.Locks(blocking.getObject(), async.getObject(), skips(listeners)),
				() -> TaskContext.of(decorators));
	}

	private static Consumer<String> skips(ObjectProvider<LockListener> listeners) {
		List<LockListener> told = listeners.orderedStream().toList();
		return (lock) -> told.forEach((listener) -> {
			try {
				listener.skipped(lock);
			}
			catch (RuntimeException ex) {
				// a listener's fault must not become the caller's
			}
		});
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static LockTransactions rediskitLockTransactions() {
		return new LockTransactions();
	}

	static class ScriptHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("io/github/rediskit/lock/*.lua");
		}

	}

	/**
	 * Fences in tables, where there is one {@code JdbcClient}.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JdbcClient.class)
	static class FencesInTables {

		@Bean
		@ConditionalOnSingleCandidate(JdbcClient.class)
		@ConditionalOnMissingBean
		FencedUpdates rediskitFencedUpdates(JdbcClient jdbc) {
			return new FencedUpdates(jdbc);
		}

	}

}
