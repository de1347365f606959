package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.RedisConnectionCustomizer;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.redis.RediskitConnectionFactory;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EpollProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientConfigurationBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What the configured connections are like; nothing here needs a Redis.
 */
class RedisConnectionsAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(DataRedisAutoConfiguration.class, DataRedisReactiveAutoConfiguration.class, SslAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class));

	@Test
	void defaultIsAlwaysThereAndEveryRoleUsesIt() {
		this.runner.withPropertyValues("spring.data.redis.host=redis.example", "spring.data.redis.port=6390")
			.run((context) -> {
				RedisConnections connections = context.getBean(RedisConnections.class);
				assertThat(connections.names()).containsExactly("default");
				RediskitConnectionFactory factory = connections.named("default");
				assertThat(factory.getHostName()).isEqualTo("redis.example");
				assertThat(factory.getStandaloneConfiguration().getPort()).isEqualTo(6390);
				assertThat(ConnectionRole.values())
					.allSatisfy((role) -> assertThat(connections.forRole(role)).isSameAs(factory));
			});
	}

	@Test
	void rolesHaveConnectionsOfTheirOwn() {
		this.runner
			.withPropertyValues("rediskit.connections.locks.host=locks", "rediskit.lock.connection=locks",
					"rediskit.rate-limit.connection=locks")
			.run((context) -> {
				RedisConnections connections = context.getBean(RedisConnections.class);
				assertThat(connections.forRole(ConnectionRole.LOCK).connectionName()).isEqualTo("locks");
				assertThat(connections.forRole(ConnectionRole.RATE_LIMIT).connectionName()).isEqualTo("locks");
				assertThat(connections.forRole(ConnectionRole.CACHE).connectionName()).isEqualTo("default");
			});
	}

	@Test
	void connectionThatDoesNotExistIsRefusedNamingTheOthers() {
		this.runner.withPropertyValues("rediskit.connections.locks.host=locks")
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(RedisConnections.class).named("lcoks"))
				.withMessageContaining("[default, locks]"));
	}

	@Test
	void connectionsAreInjectedByTheirQualifier() {
		this.runner.withUserConfiguration(Qualified.class)
			.withPropertyValues("rediskit.connections.locks.host=locks")
			.run((context) -> {
				Qualified bean = context.getBean(Qualified.class);
				assertThat(bean.locks).isSameAs(context.getBean(RedisConnections.class).named("locks"));
				assertThat(bean.byDefault).isSameAs(context.getBean(RedisConnections.class).named("default"));
				assertThat(bean.boots).isNotInstanceOf(RediskitConnectionFactory.class);
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void bootsOwnBeansStayAsTheyAre(boolean virtualThreads) {
		this.runner.withUserConfiguration(Injected.class)
			.withPropertyValues("rediskit.connections.locks.host=locks",
					"spring.threads.virtual.enabled=" + virtualThreads)
			.run((context) -> {
				RedisConnectionFactory boots = context.getBeanProvider(RedisConnectionFactory.class).getObject();
				assertThat(boots).isExactlyInstanceOf(LettuceConnectionFactory.class);
				assertThat(context.getBean(Injected.class).factories).containsExactly(boots);
				assertThat(context.getBean(StringRedisTemplate.class).getConnectionFactory()).isSameAs(boots);
				assertThat(context).hasBean("redisTemplate")
					.hasSingleBean(ReactiveStringRedisTemplate.class)
					.hasSingleBean(ClientResources.class)
					.hasSingleBean(DataRedisConnectionDetails.class);
				assertThat(((LettuceConnectionFactory) boots).getClientConfiguration().getCommandTimeout())
					.isEqualTo(Duration.ofSeconds(60));
			});
	}

	@Test
	void withoutEndpointTheConnectionGoesWhereDefaultGoes() {
		this.runner
			.withPropertyValues("spring.data.redis.host=redis", "spring.data.redis.username=app",
					"spring.data.redis.password=secret", "spring.data.redis.database=2",
					"spring.data.redis.ssl.enabled=true", "spring.data.redis.lettuce.read-from=replica-preferred",
					"rediskit.connections.work.pool.max-active=16", "rediskit.connections.other.database=3")
			.run((context) -> {
				RediskitConnectionFactory work = factory(context, "work");
				assertThat(work.getHostName()).isEqualTo("redis");
				assertThat(work.getStandaloneConfiguration().getUsername()).isEqualTo("app");
				assertThat(work.getPassword()).isEqualTo("secret");
				assertThat(work.getDatabase()).isEqualTo(2);
				assertThat(work.getClientConfiguration().isUseSsl()).isTrue();
				assertThat(work.getClientConfiguration().getReadFrom()).contains(ReadFrom.REPLICA_PREFERRED);
				assertThat(factory(context, "other").getDatabase()).isEqualTo(3);
			});
	}

	@Test
	void withAnEndpointNoCredentialsAndNoTlsAreInherited() {
		this.runner
			.withPropertyValues("spring.data.redis.username=app", "spring.data.redis.password=secret",
					"spring.data.redis.ssl.enabled=true", "spring.data.redis.lettuce.read-from=replica",
					"spring.data.redis.client-name=shop", "spring.data.redis.timeout=3s",
					"rediskit.connections.locks.url=redis://locks:6380/1")
			.run((context) -> {
				RediskitConnectionFactory locks = factory(context, "locks");
				assertThat(locks.getHostName()).isEqualTo("locks");
				assertThat(locks.getPort()).isEqualTo(6380);
				assertThat(locks.getDatabase()).isEqualTo(1);
				assertThat(locks.getPassword()).isNull();
				assertThat(locks.getStandaloneConfiguration().getUsername()).isNull();
				assertThat(locks.getClientConfiguration().isUseSsl()).isFalse();
				assertThat(locks.getClientConfiguration().getReadFrom()).isEmpty();
				assertThat(locks.getClientConfiguration().getClientName()).contains("shop");
				assertThat(locks.getClientConfiguration().getCommandTimeout()).isEqualTo(Duration.ofSeconds(3));
			});
	}

	@Test
	void nothingIsEndlessByDefault() {
		this.runner.run((context) -> {
			RediskitConnectionFactory factory = factory(context, "default");
			assertThat(factory.getClientConfiguration().getCommandTimeout()).isEqualTo(Duration.ofMillis(500));
			assertThat(factory.getClientConfiguration()).isNotInstanceOf(LettucePoolingClientConfiguration.class);
			ClientOptions options = options(factory);
			assertThat(options.getSocketOptions().getConnectTimeout()).isEqualTo(Duration.ofSeconds(1));
			assertThat(options.getSocketOptions().isKeepAlive()).isTrue();
			assertThat(options.getTimeoutOptions().isTimeoutCommands()).isTrue();
			assertThat(options.getRequestQueueSize()).isEqualTo(10_000);
			assertThat(options.getDisconnectedBehavior()).isEqualTo(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS);
		});
	}

	@Test
	void theDeathOfAHostIsNoticedWhereTheOperatingSystemCan() {
		assertThat(EpollProvider.isAvailable()).isTrue();
		this.runner.run((context) -> {
			assertThat(options(factory(context, "default")).getSocketOptions().isEnableTcpUserTimeout()).isTrue();
		});
	}

	@Test
	void settingsOfDefaultMayBeChanged() {
		this.runner
			.withPropertyValues("rediskit.connections.default.timeout=2s",
					"rediskit.connections.default.connect-timeout=3s", "rediskit.connections.default.client-name=kit",
					"rediskit.connections.default.request-queue-size=7")
			.run((context) -> {
				RediskitConnectionFactory factory = factory(context, "default");
				assertThat(factory.getClientConfiguration().getCommandTimeout()).isEqualTo(Duration.ofSeconds(2));
				assertThat(factory.getClientConfiguration().getClientName()).contains("kit");
				assertThat(options(factory).getSocketOptions().getConnectTimeout()).isEqualTo(Duration.ofSeconds(3));
				assertThat(options(factory).getRequestQueueSize()).isEqualTo(7);
			});
	}

	@Test
	void poolIsBounded() {
		this.runner
			.withPropertyValues("rediskit.connections.work.pool.max-active=16",
					"rediskit.connections.off.pool.enabled=false", "rediskit.connections.plain.pool.enabled=true")
			.run((context) -> {
				assertThat(factory(context, "work").getClientConfiguration())
					.isInstanceOfSatisfying(LettucePoolingClientConfiguration.class, (pooled) -> {
						assertThat(pooled.getPoolConfig().getMaxTotal()).isEqualTo(16);
						assertThat(pooled.getPoolConfig().getMaxWaitDuration()).isEqualTo(Duration.ofMillis(500));
					});
				assertThat(factory(context, "off").getClientConfiguration())
					.isNotInstanceOf(LettucePoolingClientConfiguration.class);
				assertThat(factory(context, "plain").getClientConfiguration())
					.isInstanceOf(LettucePoolingClientConfiguration.class);
			});
	}

	@Test
	void emptyConnectionsAndPoolsCanBeWrittenInYaml() {
		this.runner.withPropertyValues("rediskit.connections.own=", "rediskit.connections.work.pool=")
			.run((context) -> {
				assertThat(context.getBean(RedisConnections.class).names()).containsExactly("default", "own", "work");
				assertThat(factory(context, "own").getClientConfiguration())
					.isNotInstanceOf(LettucePoolingClientConfiguration.class);
				assertThat(factory(context, "work").getClientConfiguration()).isInstanceOfSatisfying(
						LettucePoolingClientConfiguration.class,
						(pooled) -> assertThat(pooled.getPoolConfig().getMaxWaitDuration())
							.isEqualTo(Duration.ofMillis(500)));
			});
	}

	@Test
	void poolWithoutItsLibrarySaysWhatToAdd() {
		this.runner.withClassLoader(new FilteredClassLoader("org.apache.commons.pool2"))
			.withPropertyValues("rediskit.connections.work.pool.max-active=4")
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("Add the dependency org.apache.commons:commons-pool2, or remove the pool"));
	}

	@Test
	void clusterLooksForItsTopology() {
		this.runner
			.withPropertyValues("rediskit.connections.many.cluster.nodes=a:1,b:2",
					"rediskit.connections.many.cluster.max-redirects=4", "rediskit.connections.many.password=secret")
			.run((context) -> {
				RediskitConnectionFactory many = factory(context, "many");
				assertThat(many.isClusterAware()).isTrue();
				assertThat(many.getClusterConfiguration().getClusterNodes()).hasSize(2);
				assertThat(many.getClusterConfiguration().getMaxRedirects()).isEqualTo(4);
				assertThat(many.getPassword()).isEqualTo("secret");
				assertThat(options(many)).isInstanceOfSatisfying(ClusterClientOptions.class, (options) -> {
					assertThat(options.isRefreshClusterView()).isTrue();
					assertThat(options.getRefreshPeriod()).isEqualTo(Duration.ofSeconds(30));
					assertThat(options.getTopologyRefreshOptions().useDynamicRefreshSources()).isTrue();
					assertThat(options.getTopologyRefreshOptions().getAdaptiveRefreshTriggers()).isNotEmpty();
				});
			});
	}

	@Test
	void sentinelsHaveCredentialsOfTheirOwn() {
		this.runner
			.withPropertyValues("rediskit.connections.ha.sentinel.master=main",
					"rediskit.connections.ha.sentinel.nodes=a:1,b:2", "rediskit.connections.ha.sentinel.username=watch",
					"rediskit.connections.ha.sentinel.password=s", "rediskit.connections.ha.username=app",
					"rediskit.connections.ha.password=p", "rediskit.connections.ha.database=5")
			.run((context) -> {
				RediskitConnectionFactory ha = factory(context, "ha");
				assertThat(ha.isRedisSentinelAware()).isTrue();
				assertThat(ha.getSentinelConfiguration().getSentinelUsername()).isEqualTo("watch");
				assertThat(ha.getSentinelConfiguration().getUsername()).isEqualTo("app");
				assertThat(ha.getPassword()).isEqualTo("p");
				assertThat(ha.getDatabase()).isEqualTo(5);
			});
	}

	@Test
	void tlsVerifiesTheHostName() {
		this.runner.withPropertyValues("rediskit.connections.locks.url=rediss://app:secret@locks:6380")
			.run((context) -> {
				RediskitConnectionFactory locks = factory(context, "locks");
				assertThat(locks.getClientConfiguration().isUseSsl()).isTrue();
				assertThat(locks.getClientConfiguration().getVerifyMode()).isEqualTo(SslVerifyMode.FULL);
				assertThat(locks.getStandaloneConfiguration().getUsername()).isEqualTo("app");
				assertThat(locks.getPassword()).isEqualTo("secret");
			});
	}

	@Test
	void sslBundleThatDoesNotExistIsRefused() {
		this.runner
			.withPropertyValues("rediskit.connections.locks.host=locks", "rediskit.connections.locks.ssl.bundle=mine")
			.run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining(
					"rediskit.connections.locks.ssl.bundle names the SSL bundle 'mine', which does not exist"));
	}

	@Test
	void connectionDetailsComeBeforeProperties() {
		this.runner.withUserConfiguration(Details.class)
			.withPropertyValues("spring.data.redis.host=ignored")
			.run((context) -> assertThat(factory(context, "default").getHostName()).isEqualTo("container"));
	}

	@Test
	void topologyBeanOfTheApplicationComesBeforeProperties() {
		this.runner.withUserConfiguration(Topology.class)
			.run((context) -> assertThat(factory(context, "default").getHostName()).isEqualTo("bean"));
	}

	@Test
	void bootsCustomizersComeBeforeOurs() {
		this.runner.withUserConfiguration(Customizers.class).run((context) -> {
			RediskitConnectionFactory factory = factory(context, "default");
			assertThat(options(factory).getRequestQueueSize()).isEqualTo(2);
			assertThat(options(factory).isAutoReconnect()).isFalse();
			assertThat(factory.getClientConfiguration().getCommandTimeout()).isEqualTo(Duration.ofSeconds(9));
			assertThat(factory.getClientConfiguration().getClientName()).contains("default-client");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "host=redis", "cluster.nodes=a:1,b:2" })
	void bootsCustomizersDoNotUndoABound(String endpoint) {
		this.runner.withUserConfiguration(Unbounding.class)
			.withPropertyValues("rediskit.connections.other." + endpoint)
			.run((context) -> {
				ClientOptions options = options(factory(context, "other"));
				assertThat(options.getTimeoutOptions().isTimeoutCommands()).isTrue();
				assertThat(options.getDisconnectedBehavior())
					.isEqualTo(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS);
				assertThat(options.getRequestQueueSize()).isEqualTo(10_000);
				assertThat(options.getSocketOptions().getConnectTimeout()).isEqualTo(Duration.ofSeconds(1));
				assertThat(options.getSocketOptions().isEnableTcpUserTimeout()).isTrue();
				assertThat(options.isPingBeforeActivateConnection()).isFalse();
				assertThat(factory(context, "other").getClientConfiguration().getCommandTimeout())
					.isEqualTo(Duration.ofMillis(500));
				if (options instanceof ClusterClientOptions cluster) {
					assertThat(cluster.isRefreshClusterView()).isTrue();
				}
				assertThat(options instanceof ClusterClientOptions).isEqualTo(endpoint.startsWith("cluster"));
			});
	}

	@Test
	void threadsAreSharedAndBootsReconnectDelayStays() {
		this.runner.run((context) -> {
			ClientResources boots = context.getBean(ClientResources.class);
			ClientResources ours = factory(context, "default").getClientConfiguration()
				.getClientResources()
				.orElseThrow();
			assertThat(ours.eventLoopGroupProvider()).isSameAs(boots.eventLoopGroupProvider());
			assertThat(ours.eventExecutorGroup()).isSameAs(boots.eventExecutorGroup());
			assertThat(ours.timer()).isSameAs(boots.timer());
			assertThat(ours.eventBus()).isSameAs(boots.eventBus());
			assertThat(boots.reconnectDelay().createDelay(20)).isGreaterThan(Duration.ofSeconds(10));
			assertThat(ours.reconnectDelay().createDelay(20)).isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
			context.getBean(SharedLettuceResources.class).destroy();
			assertThat(boots.eventExecutorGroup().isShuttingDown()).isFalse();
		});
	}

	@Test
	void withAnotherClientForBootTheThreadsAreOurOwnAndEndWithUs() {
		ClientResources[] ours = new ClientResources[1];
		this.runner.withPropertyValues("spring.data.redis.client-type=jedis").run((context) -> {
			assertThat(context).doesNotHaveBean(ClientResources.class);
			ours[0] = factory(context, "default").getClientConfiguration().getClientResources().orElseThrow();
		});
		assertThat(ours[0].eventExecutorGroup().isShuttingDown()).isTrue();
	}

	@Test
	void namespaceIsTheNameOfTheApplication() {
		this.runner
			.run((context) -> assertThat(context.getBean(KeySpace.class)).isEqualTo(new KeySpace(null, "application")));
		this.runner.withPropertyValues("spring.application.name=shop")
			.run((context) -> assertThat(context.getBean(KeySpace.class)).isEqualTo(new KeySpace(null, "shop")));
		this.runner
			.withPropertyValues("spring.application.name=My Shop", "rediskit.namespace=shop",
					"rediskit.environment=staging")
			.run((context) -> assertThat(context.getBean(KeySpace.class)).isEqualTo(new KeySpace("staging", "shop")));
	}

	private static RediskitConnectionFactory factory(AssertableApplicationContext context, String name) {
		return context.getBean(RedisConnections.class).named(name);
	}

	private static ClientOptions options(RediskitConnectionFactory factory) {
		return factory.getClientConfiguration().getClientOptions().orElseThrow();
	}

	@Configuration(proxyBeanMethods = false)
	static class Qualified {

		@Autowired
		@Qualifier("locks")
		RedisConnectionFactory locks;

		@Autowired
		@Qualifier("default")
		RedisConnectionFactory byDefault;

		@Autowired
		RedisConnectionFactory boots;

	}

	@Configuration(proxyBeanMethods = false)
	static class Injected {

		@Autowired
		List<RedisConnectionFactory> factories;

	}

	@Configuration(proxyBeanMethods = false)
	static class Details {

		@Bean
		DataRedisConnectionDetails details() {
			return new DataRedisConnectionDetails() {

				@Override
				public Standalone getStandalone() {
					return Standalone.of("container", 1);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Topology {

		@Bean
		RedisStandaloneConfiguration topology() {
			return new RedisStandaloneConfiguration("bean");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		LettuceClientOptionsBuilderCustomizer bootsOptions() {
			return (options) -> options.requestQueueSize(1).autoReconnect(false);
		}

		@Bean
		LettuceClientConfigurationBuilderCustomizer bootsClient() {
			return (client) -> client.commandTimeout(Duration.ofSeconds(9)).clientName("boot");
		}

		@Bean
		RedisConnectionCustomizer ours() {
			return (name, options, client) -> {
				options.requestQueueSize(2);
				client.clientName(name + "-client");
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unbounding {

		@Bean
		LettuceClientConfigurationBuilderCustomizer replacing() {
			return (client) -> client.commandTimeout(Duration.ZERO)
				.clientOptions(ClientOptions.builder()
					.autoReconnect(true)
					.pingBeforeActivateConnection(false)
					.timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
					.build());
		}

	}

}
