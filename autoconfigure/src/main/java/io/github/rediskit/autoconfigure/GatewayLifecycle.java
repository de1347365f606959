package io.github.rediskit.autoconfigure;

import io.github.rediskit.redis.LettuceGateway;

import org.springframework.context.SmartLifecycle;

/**
 * Closes a gateway's connections before their factory stops, and lets it open new ones
 * when the factory has started again: after a pause of the context, or a checkpoint.
 */
final class GatewayLifecycle implements SmartLifecycle {

	private final LettuceGateway gateway;

	private final int phase;

	private volatile boolean running;

	GatewayLifecycle(LettuceGateway gateway, int phase) {
		this.gateway = gateway;
		this.phase = phase;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

	@Override
	public void start() {
		this.gateway.start();
		this.running = true;
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		this.gateway.stop().whenComplete((ignored, failure) -> callback.run());
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
