package io.github.rediskit.structures;

import java.util.Map;
import java.util.function.Consumer;

/**
 * The {@link Heartbeats} for those who may block.
 */
public final class BlockingHeartbeats implements Heartbeats {

	private final AsyncHeartbeats heartbeats;

	/**
	 * Creates the heartbeats.
	 * @param heartbeats what does the work
	 */
	public BlockingHeartbeats(AsyncHeartbeats heartbeats) {
		this.heartbeats = heartbeats;
	}

	@Override
	public void beat(String group, String id, Map<String, String> details) {
		Answers.await(this.heartbeats.beat(group, id, details));
	}

	@Override
	public boolean leave(String group, String id) {
		return Answers.await(this.heartbeats.leave(group, id));
	}

	@Override
	public Heartbeat keepBeating(String group, String id, Map<String, String> details) {
		return this.heartbeats.keepBeating(group, id, details);
	}

	@Override
	public Map<String, Map<String, String>> alive(String group) {
		return Answers.await(this.heartbeats.alive(group));
	}

	@Override
	public long count(String group) {
		return Answers.await(this.heartbeats.count(group));
	}

	@Override
	public HeartbeatWatch watch(String group, Consumer<MissedBeatEvent> action) {
		return this.heartbeats.watch(group, action);
	}

}
